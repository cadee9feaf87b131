package dev.rootbound.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code FROM} and what follows it up to the next. Stages are counted from 0. */
public record Stage(int number, From from, List<Instruction> instructions) {
    public Stage {
        instructions = List.copyOf(instructions);
    }

    /** Its name, in lower case; null when it has none. */
    public @Nullable String name() {
        return from.name();
    }

    /** Whether a name is its own, in whatever case. */
    public boolean isNamed(String name) {
        return name.equalsIgnoreCase(from.name());
    }
}
