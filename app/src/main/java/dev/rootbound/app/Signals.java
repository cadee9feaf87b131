package dev.rootbound.app;

import java.util.function.Consumer;

/** Signals that the CLI receives; jdk.unsupported has the only way to handle one in Java. */
final class Signals {
    /** The JVM keeps QUIT and USR1, and on some systems USR2, to itself: those are left to it. */
    private static final String[] FORWARDED = {"INT", "TERM", "HUP", "USR2", "USR1", "QUIT"};

    private Signals() {}

    /** Calls the action with each signal's name instead of ending this program. */
    static void handle(Consumer<String> action) {
        for (String name : FORWARDED) on(name, action);
    }

    /** Calls the action when the terminal's size has changed. */
    static void onResize(Runnable action) {
        on("WINCH", _ -> action.run());
    }

    private static void on(String name, Consumer<String> action) {
        try {
            sun.misc.Signal.handle(
                    new sun.misc.Signal(name), signal -> action.accept(signal.getName()));
        } catch (IllegalArgumentException e) {
            // the JVM's own
        }
    }
}
