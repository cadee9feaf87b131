package dev.rootbound.docker;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;

/** A bounded pipe between any two threads, like the kernel's. */
final class Pipe extends InputStream {
    private static final int CAPACITY = 16;

    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
    private int offset;
    private boolean ended;
    private boolean broken;

    synchronized void put(byte[] bytes, int from, int length) throws IOException {
        while (pieces.size() >= CAPACITY && !broken) {
            await();
        }
        if (broken || ended) {
            throw new IOException("EPIPE");
        }
        if (length > 0) {
            pieces.add(java.util.Arrays.copyOfRange(bytes, from, from + length));
        }
        notifyAll();
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Nobody reads any more. */
    synchronized void breakPipe() {
        broken = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] to, int at, int length) throws IOException {
        while (pieces.isEmpty()) {
            if (ended) {
                return -1;
            }
            await();
        }
        var piece = pieces.element();
        int count = Math.min(length, piece.length - offset);
        System.arraycopy(piece, offset, to, at, count);
        offset += count;
        if (offset == piece.length) {
            pieces.remove();
            offset = 0;
        }
        notifyAll();
        return count;
    }

    @SuppressWarnings("WaitNotInLoop") // the callers are the loops
    private void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            throw new IOException("killed", e);
        }
    }
}
