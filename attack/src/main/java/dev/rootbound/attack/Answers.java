package dev.rootbound.attack;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What an agent has written and nobody has read yet; read by one thread. */
public final class Answers {
    /** Far more than any call takes that does not block for good. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** An agent that says more than it is asked is not waited for. */
    private static final int PIECES = 1024;

    private static final byte[] END = {};

    private final BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>(PIECES);
    private byte[] rest = {};

    /** Nothing yet. */
    public Answers() {}

    /** More of it. */
    public void add(byte[] from, int offset, int count) throws IOException {
        if (!pieces.offer(Arrays.copyOfRange(from, offset, offset + count))) {
            throw new IOException("the agent says more than it was asked");
        }
    }

    /** Nothing will come any more. */
    public void end() {
        boolean _ = pieces.offer(END);
    }

    /** As {@link Conversation#receive}. */
    public byte[] take(int count) throws IOException {
        var taken = new byte[count];
        for (int have = 0; have < count; ) {
            if (rest.length == 0) rest = next();
            int some = Math.min(rest.length, count - have);
            System.arraycopy(rest, 0, taken, have, some);
            rest = Arrays.copyOfRange(rest, some, rest.length);
            have += some;
        }
        return taken;
    }

    private byte[] next() throws IOException {
        try {
            var piece = pieces.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (piece == null) throw new IOException("the agent did not answer in " + PATIENCE);
            if (piece.length > 0) return piece;
            end(); // for who asks again
            throw new IOException("the agent has ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an attack is tried", e);
        }
    }
}
