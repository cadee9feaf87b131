package dev.rootbound.app;

import java.util.List;

/** Which of the first process's streams the client attaches to. */
record AttachedStreams(boolean stdin, boolean stdout, boolean stderr) {
    /** With neither {@code -a} nor {@code -d}: output always, input with {@code -i}. */
    static AttachedStreams of(Arguments arguments, boolean detached) {
        if (detached) return new AttachedStreams(false, false, false);
        List<String> named = arguments.all("attach");
        boolean interactive = arguments.is("interactive");
        if (named.isEmpty()) return new AttachedStreams(interactive, true, true);
        boolean stdin = interactive;
        boolean stdout = false;
        boolean stderr = false;
        for (String name : named) {
            switch (name.toLowerCase(java.util.Locale.ROOT)) {
                case "stdin" -> stdin = true;
                case "stdout" -> stdout = true;
                case "stderr" -> stderr = true;
                default ->
                        throw arguments.invalid(
                                "attach", name, "valid streams are STDIN, STDOUT and STDERR");
            }
        }
        return new AttachedStreams(stdin, stdout, stderr);
    }

    boolean any() {
        return stdin || stdout || stderr;
    }
}
