package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Docker's multiplexed stream: eight bytes of header (stream, 0, 0, 0, length as big-endian 32
 * bits) before each piece.
 */
final class Frames {
    private static final int STDERR = 2;
    private static final int SYSTEM_ERROR = 3;

    private Frames() {}

    /** Copies until the stream ends between two frames. */
    static void copy(InputStream in, OutputStream out, OutputStream err) throws IOException {
        byte[] header = new byte[8];
        byte[] buffer = new byte[64 << 10];
        for (int got; (got = in.readNBytes(header, 0, 8)) > 0; ) {
            if (got < 8) throw cut();
            long length =
                    (header[4] & 0xFFL) << 24
                            | (header[5] & 0xFF) << 16
                            | (header[6] & 0xFF) << 8
                            | (header[7] & 0xFF);
            switch (header[0]) {
                case 0, 1 -> copy(in, out, length, buffer);
                case STDERR -> copy(in, err, length, buffer);
                case SYSTEM_ERROR ->
                        throw new IOException(
                                "the engine reports: "
                                        + new String(
                                                in.readNBytes((int) Math.min(length, 4096)),
                                                java.nio.charset.StandardCharsets.UTF_8));
                default ->
                        throw new IOException(
                                "the engine's stream has no frame where one must be (stream "
                                        + header[0]
                                        + "): is the container's terminal what inspect says?");
            }
        }
    }

    private static void copy(InputStream in, OutputStream to, long length, byte[] buffer)
            throws IOException {
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) throw cut();
            to.write(buffer, 0, n);
            left -= n;
        }
        to.flush();
    }

    /** A terminal's stream is not framed. */
    static void copyRaw(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int n; (n = in.read(buffer)) >= 0; ) {
            out.write(buffer, 0, n);
            out.flush();
        }
    }

    private static IOException cut() {
        return new EngineGoneException(null);
    }
}
