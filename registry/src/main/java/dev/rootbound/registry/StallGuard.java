package dev.rootbound.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that has given nothing for some time: its reader gets an exception. */
final class StallGuard extends FilterInputStream {
    private static final int PIECE = 64 << 10;

    private final Duration patience;
    private final Thread watch;
    private volatile long lastRead = System.nanoTime();
    private volatile boolean stalled;

    StallGuard(InputStream in, Duration patience) {
        super(in);
        this.patience = patience;
        this.watch = Thread.ofVirtual().name("stall-guard").start(this::watch);
    }

    private void watch() {
        try {
            for (long left = patience.toNanos(); left > 0; ) {
                Thread.sleep(Duration.ofNanos(left));
                left = patience.toNanos() - (System.nanoTime() - lastRead);
            }
            stalled = true;
            in.close();
        } catch (InterruptedException | IOException e) {
            // closed: nobody waits for it
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int n = super.read(buffer, offset, length);
            lastRead = System.nanoTime();
            if (n < 0 && stalled) throw new IOException("closed");
            return n;
        } catch (IOException e) {
            if (!stalled) throw e;
            throw new IOException("nothing came for " + Patience.words(patience), e);
        }
    }

    /** By reading, so that what is passed over counts as come. */
    @Override
    public long skip(long bytes) throws IOException {
        if (bytes <= 0) return 0;
        var piece = new byte[(int) Math.min(bytes, PIECE)];
        return Math.max(0, read(piece, 0, piece.length));
    }

    @Override
    public void close() throws IOException {
        watch.interrupt();
        super.close();
    }
}
