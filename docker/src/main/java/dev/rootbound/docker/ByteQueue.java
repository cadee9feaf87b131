package dev.rootbound.docker;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the client sends, from the event loop to one blocking reader. The channel is read only while
 * the reader waits, so a slow reader holds the client back.
 */
final class ByteQueue extends InputStream {
    /** Bytes that are taken from the client before they are wanted, once some are. */
    private static final int AHEAD = 512 << 10;

    private final Channel channel;
    private final Runnable firstWanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private int offset;
    private int queued;
    private boolean asked;
    private boolean ended;
    private @Nullable String failure;

    /**
     * @param firstWanted called once, before the first wait for the client
     */
    ByteQueue(Channel channel, Runnable firstWanted) {
        this.channel = channel;
        this.firstWanted = firstWanted;
    }

    void put(byte[] bytes) {
        change(() -> {
            pieces.add(bytes);
            queued += bytes.length;
        });
    }

    void end() {
        change(() -> ended = true);
    }

    /** What is there can still be read; then the reader fails. */
    void fail(String reason) {
        change(() -> {
            if (!ended) {
                failure = reason;
            }
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the channel is to be asked for bytes. */
    boolean wantsMore() {
        lock.lock();
        try {
            return asked && !ended && failure == null && queued < AHEAD;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client has sent all of it. */
    boolean isComplete() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            var piece = first();
            if (piece == null) {
                return -1;
            }
            int count = Math.min(length, piece.length - offset);
            System.arraycopy(piece, offset, to, at, count);
            offset += count;
            boolean full = queued >= AHEAD;
            queued -= count;
            if (full && queued < AHEAD && !ended) channel.read();
            if (offset == piece.length) {
                pieces.remove();
                offset = 0;
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private byte @Nullable [] first() throws IOException {
        while (pieces.isEmpty()) {
            if (failure != null) {
                throw new IOException(failure);
            }
            if (ended) {
                return null;
            }
            await();
        }
        return pieces.peek();
    }

    @SuppressWarnings("WaitNotInLoop") // the caller is the loop
    private void await() throws IOException {
        if (!asked) {
            asked = true;
            firstWanted.run();
        }
        channel.read();
        try {
            changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while reading the request");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
