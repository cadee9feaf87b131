package dev.rootbound.app;

import java.io.Closeable;
import java.io.IOException;

/** Shows what a build does. */
interface BuildView extends Closeable {
    /** The context is sent. */
    void sent(long bytes) throws IOException;

    /**
     * The engine has said something.
     *
     * @param line the same as JSON text
     */
    void said(String line, Json message) throws IOException;

    /** The build has failed. */
    void failed(String error) throws IOException;

    /** There is nothing more. */
    void ended() throws IOException;
}
