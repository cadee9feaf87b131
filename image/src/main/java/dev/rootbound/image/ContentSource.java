package dev.rootbound.image;

import java.io.IOException;
import java.io.OutputStream;

/** What writes content when it is asked to. */
public interface ContentSource {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
}
