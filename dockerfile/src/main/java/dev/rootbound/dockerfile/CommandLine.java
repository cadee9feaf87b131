package dev.rootbound.dockerfile;

import java.util.List;

/** What {@code RUN}, {@code CMD}, {@code ENTRYPOINT} and {@code HEALTHCHECK CMD} start. */
public sealed interface CommandLine {
    /** A line for the stage's shell. */
    record ForShell(String line) implements CommandLine {}

    /** A program and its arguments, started without a shell. */
    record Exec(List<String> arguments) implements CommandLine {
        public Exec {
            arguments = List.copyOf(arguments);
        }
    }
}
