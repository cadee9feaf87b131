package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

/** What the engine sends; a connection that it tore down says so, not in errno's words. */
final class EngineInput extends InputStream {
    private final InputStream in;

    EngineInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (ClosedChannelException e) {
            throw e; // by ourselves: the user detaches
        } catch (SocketException e) {
            throw new EngineGoneException(e);
        } catch (IOException e) {
            if ("Connection reset by peer".equals(e.getMessage())) throw new EngineGoneException(e);
            throw e;
        }
    }
}
