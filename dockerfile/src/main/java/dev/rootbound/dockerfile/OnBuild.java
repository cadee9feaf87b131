package dev.rootbound.dockerfile;

/**
 * {@code ONBUILD}: an instruction for the stages that are based on this image.
 *
 * @param trigger its text, with heredocs, which {@link Dockerfile#instruction} reads
 */
public record OnBuild(Source source, String trigger) implements Instruction {}
