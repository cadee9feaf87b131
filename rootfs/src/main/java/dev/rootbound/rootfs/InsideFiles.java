package dev.rootbound.rootfs;

import java.io.IOException;

/** Small files of a root file system. */
public interface InsideFiles {
    /**
     * The content of a regular file inside, found as the container would find it; empty if there is
     * none.
     *
     * @throws LayerException if it is larger than {@code limit} bytes, or something else than a
     *     regular file or a link to one
     */
    byte[] read(String file, int limit) throws IOException;
}
