package dev.rootbound.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A request's body in chunks, RFC 9112: each write is one. */
final class ChunkedOutput extends OutputStream {
    /** The engine takes no more. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final OutputStream out;

    ChunkedOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) return; // that would be the end
        try {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, offset, length);
            out.write('\r');
            out.write('\n');
        } catch (IOException e) {
            throw new Refused(e);
        }
    }

    void end() throws Refused {
        try {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new Refused(e);
        }
    }
}
