package dev.rootbound.dockerfile;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a stage, from its base image's to those of the instruction that it has come to.
 * Of {@code ENV} and {@code ARG} of one name the later counts, as in BuildKit; only {@code ENV} is
 * in the image.
 */
public final class StageScope implements Variables {
    private final GlobalScope globals;
    private SharedMap<String> values;
    private SharedMap<@Nullable String> arguments;

    private StageScope(
            GlobalScope globals, SharedMap<String> values, SharedMap<@Nullable String> arguments) {
        this.globals = globals;
        this.values = values;
        this.arguments = arguments;
    }

    static StageScope of(GlobalScope globals, Map<String, String> imageEnvironment) {
        var scope = new StageScope(globals, new SharedMap<>(), new SharedMap<>());
        imageEnvironment.forEach(scope::set);
        return scope;
    }

    @Override
    public @Nullable String value(String name) {
        return values.get(name);
    }

    /**
     * An {@code ARG}: the value that the build is given, else its default, else the global one.
     *
     * @throws DockerfileException if the default counts and cannot be expanded
     */
    public void declare(Arg arg) throws DockerfileException {
        declare(arg, this);
    }

    /** The same with other variables for defaults, such as ones that are recorded. */
    void declare(Arg arg, Variables variables) throws DockerfileException {
        for (var argument : arg.arguments()) {
            var name = argument.name();
            var value = globals.given(name);
            if (value == null)
                value =
                        argument.defaultValue() == null
                                ? globals.value(name)
                                : new Words(arg.source(), variables)
                                        .expand(argument.defaultValue());
            arguments = arguments.with(name, value);
            if (value != null) set(name, value);
        }
    }

    /** An {@code ENV}, which is expanded. */
    public void set(Env env) {
        for (var pair : env.pairs()) set(pair.key(), pair.value());
    }

    void set(String name, String value) {
        values = values.with(name, value);
    }

    /** What a stage sees that is {@code FROM} this one: all of it, arguments too. */
    public StageScope child() {
        return new StageScope(globals, values, arguments);
    }

    /** The environment of {@code RUN}. */
    public Map<String, String> environment() {
        return values.toMap();
    }

    /** The arguments that were declared, for history; one without a value is empty. */
    public Map<String, String> arguments() {
        var known = new LinkedHashMap<String, String>();
        arguments
                .toMap()
                .forEach((name, value) -> {
                    var current = value(name);
                    var declared = value == null ? "" : value;
                    known.put(name, current == null ? declared : current);
                });
        return known;
    }

    /** Whether an {@code ARG} of that name has been there, with or without a value. */
    public boolean isDeclared(String name) {
        return arguments.has(name);
    }
}
