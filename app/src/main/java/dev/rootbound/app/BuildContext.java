package dev.rootbound.app;

import dev.rootbound.dockerfile.Ignore;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a build reads: a tar and the Dockerfile in it.
 *
 * @param dockerfile its path in the tar
 * @param name how messages call the Dockerfile
 * @param text of the Dockerfile; {@code null}: it is in a tar that only the engine reads
 * @param ignore what is not in the context
 * @param tar written when it is sent
 * @param release what was needed to make it
 */
record BuildContext(
        String dockerfile,
        String name,
        @Nullable String text,
        Ignore ignore,
        Connection.Body tar,
        Closeable release)
        implements Closeable {
    void writeTo(OutputStream out) throws IOException {
        tar.writeTo(out);
    }

    /** The same, which gives back more at its end. */
    BuildContext releasing(Closeable more) {
        return new BuildContext(dockerfile, name, text, ignore, tar, more);
    }

    @Override
    public void close() throws IOException {
        release.close();
    }
}
