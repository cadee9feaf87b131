package dev.rootbound.dockerfile;

/** {@code MAINTAINER}: the image's author; deprecated for long. */
public record Maintainer(Source source, String author) implements Instruction {}
