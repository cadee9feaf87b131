package dev.rootbound.app;

import java.io.IOException;

/**
 * Our own standard output or error takes no more. Ends the command at once, as SIGPIPE ends other
 * programs; the engine has nothing to do with it.
 */
final class BrokenOutput extends CliException {
    private static final long serialVersionUID = 1L;

    /** 128 + SIGPIPE, as shells report it. */
    private static final int PIPE = 141;

    private final boolean pipe;

    /**
     * @param stream such as {@code standard output}
     */
    BrokenOutput(String stream, IOException cause) {
        this(stream, cause, "Broken pipe".equals(cause.getMessage()));
    }

    private BrokenOutput(String stream, IOException cause, boolean pipe) {
        super(pipe ? PIPE : 1, "write " + stream + ": " + cause.getMessage());
        this.pipe = pipe;
        initCause(cause);
    }

    /** Whether the reader has gone: nobody wants to hear of that, as of {@code yes | head}. */
    boolean isSilent() {
        return pipe;
    }
}
