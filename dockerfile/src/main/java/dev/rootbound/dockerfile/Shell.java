package dev.rootbound.dockerfile;

import java.util.List;

/** {@code SHELL}: what is put before a command in shell form. */
public record Shell(Source source, List<String> words) implements Instruction {
    public Shell {
        words = List.copyOf(words);
    }
}
