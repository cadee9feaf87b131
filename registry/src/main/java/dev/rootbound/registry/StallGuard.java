package dev.rootbound.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Closes a stream that gives nothing for some time, or next to nothing: its reader is told. */
final class StallGuard extends FilterInputStream {
    private static final int PIECE = 64 << 10;

    /** Bytes: an old modem gives three times as many, and who gives less has no end in mind. */
    private static final long LEAST_PER_SECOND = 1 << 10;

    private final Duration patience;
    private final Thread watch;
    private volatile long lastRead = System.nanoTime();
    private volatile @Nullable String stalled;

    /** Bytes. */
    private final AtomicLong came = new AtomicLong();

    StallGuard(InputStream in, Duration patience) {
        super(in);
        this.patience = patience;
        this.watch = Thread.ofVirtual().name("stall-guard").start(this::watch);
    }

    /** Waits until it stalls, and says how. */
    private String stall() throws InterruptedException {
        long least = Math.max(1, patience.toMillis() * LEAST_PER_SECOND / 1000);
        long began = System.nanoTime();
        long before = 0;
        for (long left = patience.toNanos(); left > 0; ) {
            Thread.sleep(Duration.ofNanos(left));
            long now = System.nanoTime();
            left = patience.toNanos() - (now - lastRead);
            if (now - began < patience.toNanos()) continue;
            long recent = came.get() - before;
            if (left > 0 && recent < least)
                return "only " + recent + " bytes came in " + Patience.words(patience);
            began = now;
            before += recent;
        }
        return "nothing came for " + Patience.words(patience);
    }

    private void watch() {
        try {
            stalled = stall();
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
            came.addAndGet(Math.max(0, n));
            if (n < 0 && stalled != null) throw new IOException("closed");
            return n;
        } catch (IOException e) {
            var how = stalled;
            throw how == null ? e : new IOException(how, e);
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
