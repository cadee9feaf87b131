package dev.rootbound.dockerfile;

/**
 * Where something is in a Dockerfile. Lines and columns count from 1; {@code lastLine} is the last
 * one of an instruction with continuation lines or heredocs, else {@code line}.
 */
public record Location(int line, int column, int lastLine) {
    @Override
    public String toString() {
        return line + ":" + column;
    }
}
