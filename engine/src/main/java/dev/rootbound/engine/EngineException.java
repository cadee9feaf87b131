package dev.rootbound.engine;

/** What the engine says when it does not do what was asked, by what the caller can do about it. */
public abstract sealed class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private EngineException(String message, Throwable cause) {
        super(message, cause);
    }

    private EngineException(String message) {
        super(message);
    }

    /** There is no such object for this caller. */
    public static final class NotFound extends EngineException {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super(message);
        }
    }

    /** The object's state or another object is in the way. */
    public static final class Conflict extends EngineException {
        private static final long serialVersionUID = 1L;

        public Conflict(String message) {
            super(message);
        }
    }

    /** The request itself is wrong. */
    public static final class Invalid extends EngineException {
        private static final long serialVersionUID = 1L;

        public Invalid(String message) {
            super(message);
        }

        public Invalid(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Policy forbids it for this caller. */
    public static final class Denied extends EngineException {
        private static final long serialVersionUID = 1L;

        public Denied(String message) {
            super(message);
        }
    }

    /** It already is as asked: started, or stopped. */
    public static final class Unchanged extends EngineException {
        private static final long serialVersionUID = 1L;

        public Unchanged(String message) {
            super(message);
        }
    }

    /** Not built yet. */
    public static final class NotImplemented extends EngineException {
        private static final long serialVersionUID = 1L;

        public NotImplemented(String message) {
            super(message);
        }
    }

    /** The host or a tool failed: what was tried, on what, why, and what helps. */
    public static final class Failed extends EngineException {
        private static final long serialVersionUID = 1L;

        public Failed(String message, Throwable cause) {
            super(message, cause);
        }

        public Failed(String message) {
            super(message);
        }
    }
}
