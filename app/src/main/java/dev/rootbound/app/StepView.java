package dev.rootbound.app;

import java.io.Closeable;
import java.io.IOException;

/** Shows the steps of a build, one after another. Times are nanoseconds since a step began. */
interface StepView extends Closeable {
    /** A step begins; the one before it has ended. */
    void begin(String title) throws IOException;

    /** How many steps the Dockerfile has; told again and again. */
    void total(int steps) throws IOException;

    /** What is done in the step. */
    void note(String text) throws IOException;

    /** A layer of what is being pulled. */
    void layer(String id, String status, Json detail) throws IOException;

    /** A line that a command has written. */
    void line(String text, long at) throws IOException;

    void end(boolean cached, long took) throws IOException;

    /** The step has failed, or the build before any. */
    void fail(String error) throws IOException;

    /** There is nothing more, whether all has ended or not. */
    @Override
    void close() throws IOException;
}
