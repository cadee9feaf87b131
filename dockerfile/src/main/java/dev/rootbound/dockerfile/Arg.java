package dev.rootbound.dockerfile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code ARG}: names that a build is given values for. Defaults are expanded one by one, and only
 * those that count: {@link StageScope#declare}.
 */
public record Arg(Source source, List<Argument> arguments) implements Instruction {
    /**
     * A name and what it is when the build is given nothing.
     *
     * @param defaultValue null when it has none
     */
    public record Argument(String name, @Nullable String defaultValue) {}

    public Arg {
        arguments = List.copyOf(arguments);
    }
}
