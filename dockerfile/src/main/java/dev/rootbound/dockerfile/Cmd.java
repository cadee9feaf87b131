package dev.rootbound.dockerfile;

/** {@code CMD}: what a container starts, or the arguments of its entrypoint. */
public record Cmd(Source source, CommandLine command) implements Instruction {}
