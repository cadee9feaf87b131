package dev.rootbound.attack;

import java.io.Closeable;
import java.io.IOException;

/** The standard input and output of an agent. */
public interface Conversation extends Closeable {
    void send(byte[] request) throws IOException;

    /**
     * Exactly so many bytes, in time.
     *
     * @throws IOException if the agent ends before that, or does not answer
     */
    byte[] receive(int length) throws IOException;

    /** The agent sees the end of its input, and ends. */
    @Override
    void close();
}
