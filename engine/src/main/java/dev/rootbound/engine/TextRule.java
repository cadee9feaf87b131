package dev.rootbound.engine;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long what a caller writes may be. What the runtime quotes when it fails must stay short: it
 * may quote it twice and escaped, and conmon waits for ever when its runtime says more than a pipe
 * holds (64 KiB).
 */
final class TextRule {
    /** PATH_MAX of linux/limits.h, with a NUL; also what a mount's options may have, mount(2). */
    private static final int SHORT = 4095;

    /** MAX_ARG_STRLEN of execve(2): 32 pages, with a NUL. */
    private static final int STRING = (128 << 10) - 1;

    /** execve(2): a quarter of the usual stack of 8 MiB; each string has a NUL and a pointer. */
    private static final int ALL = 2 << 20;

    private static final int PER_STRING = 9;
    private static final int SHOWN = 100;

    private TextRule() {}

    static void check(ContainerSpec spec) {
        process(ImageDefaults.argv(spec), spec.env());
        place("the working directory", spec.workingDir());
        place("the user", spec.user());
        spec.groupAdd().forEach(group -> place("a group", group));
        for (var tmpfs : spec.tmpfs()) {
            place("the options of tmpfs " + tmpfs.target(), tmpfs.options());
        }
        for (var bind : spec.binds()) {
            place("the source of a bind mount", bind.source());
            place("the user of a bind mount", bind.owner().user());
        }
        var isolation = spec.isolation();
        isolation
                .sysctls()
                .forEach((name, value) -> {
                    place("the name of a sysctl", name);
                    place("the value of sysctl " + name, value);
                });
        places("a masked path", isolation.maskedPaths());
        places("a read-only path", isolation.readonlyPaths());
        long labels = 0;
        for (var label : spec.labels().entrySet()) {
            labels += length(label.getKey()) + length(label.getValue());
        }
        refuse("the text of all labels", labels, ALL);
    }

    static void check(ContainerSpec container, Engine.ExecSpec exec) {
        process(exec.args(), ImageDefaults.env(container.env(), exec.env()));
        place("the working directory", exec.workingDir());
        place("the user", exec.user());
    }

    private static void process(List<String> argv, List<String> env) {
        place("the name of the program", argv.getFirst());
        long all = strings("an argument", argv) + strings("an environment variable", env);
        refuse("the arguments and the environment together", all, ALL);
    }

    private static long strings(String what, List<String> texts) {
        long all = 0;
        for (var text : texts) {
            refuse(what, length(text), STRING);
            all += length(text) + PER_STRING;
        }
        return all;
    }

    private static void places(String what, @Nullable Collection<String> texts) {
        if (texts != null) {
            texts.forEach(text -> place(what, text));
        }
    }

    static void place(String what, String text) {
        refuse(what, length(text), SHORT);
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void refuse(String what, long length, int most) {
        if (length > most) {
            throw new EngineException.Invalid(
                    what + " has " + length + " bytes: " + most + " are the most");
        }
    }

    /** For messages. */
    static String shown(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
