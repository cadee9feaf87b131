package dev.rootbound.engine;

/** What went wrong and has no caller to be told. */
final class EngineLog {
    private EngineLog() {}

    static void error(String what) {
        System.getLogger("dev.rootbound.engine").log(System.Logger.Level.ERROR, what);
    }

    /** The cause's message stands beside {@code what}, its stack below. */
    static void error(String what, Exception cause) {
        System.getLogger("dev.rootbound.engine")
                .log(System.Logger.Level.ERROR, what + ": " + cause.getMessage(), cause);
    }
}
