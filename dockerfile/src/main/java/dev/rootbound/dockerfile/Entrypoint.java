package dev.rootbound.dockerfile;

/** {@code ENTRYPOINT}: what a container starts, with {@code CMD} as its arguments. */
public record Entrypoint(Source source, CommandLine command) implements Instruction {}
