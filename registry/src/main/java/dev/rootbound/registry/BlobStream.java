package dev.rootbound.registry;

import dev.rootbound.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A blob's content, from a byte on. When the connection breaks it goes on where it was, by Range if
 * the registry can and else by reading the beginning again; it gives up when that was for next to
 * nothing some times.
 */
final class BlobStream extends InputStream {
    /** Bytes: who gives fewer between two breaks makes no headway. */
    private static final int FAR = 64 << 10;

    private final RemoteRepository repository;
    private final Descriptor blob;
    private long at;
    private long brokeAt;
    private int failures;
    private boolean ranges = true;
    private @Nullable InputStream in;

    BlobStream(RemoteRepository repository, Descriptor blob, long from) {
        this.repository = repository;
        this.blob = blob;
        this.at = from;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) return 0;
        while (at < blob.size()) {
            try {
                int n = opened().read(buffer, offset, (int) Math.min(length, blob.size() - at));
                if (n < 0) throw new IOException("the content ended there");
                at += n;
                return n;
            } catch (RegistryException e) {
                throw e; // asked for often enough
            } catch (IOException e) {
                close();
                if (at - brokeAt >= FAR) failures = 0;
                brokeAt = at;
                if (++failures == Patience.TRIES || Thread.currentThread().isInterrupted())
                    throw broken(e);
                pause();
            }
        }
        return -1;
    }

    private InputStream opened() throws IOException {
        if (in == null) {
            try {
                in = open();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw interrupted();
            }
        }
        return in;
    }

    private InputStream open() throws IOException, InterruptedException {
        var answer = repository.blobAnswer(blob.digest(), ranges ? at : 0);
        try {
            boolean partial = answer.status() == 206;
            if (partial && !(ranges && at > 0 && isFrom(answer, at))) {
                ranges = false;
                throw new IOException("the registry sends " + answer.header("Content-Range"));
            }
            long expected = partial ? blob.size() - at : blob.size();
            if (answer.length().orElse(expected) != expected) {
                throw new RegistryException.Failed(
                        named()
                                + " should have "
                                + expected
                                + " bytes, the registry sends "
                                + answer.length().getAsLong());
            }
            if (!partial) answer.body().skipNBytes(at);
            return answer.body();
        } catch (IOException | RuntimeException e) {
            answer.close();
            throw e;
        }
    }

    private static boolean isFrom(Answer answer, long at) {
        return answer.header("Content-Range").startsWith("bytes " + at + "-");
    }

    private IOException broken(IOException e) {
        if (Thread.currentThread().isInterrupted()) return interrupted();
        return new RegistryException.Failed(
                named() + " at byte " + at + " of " + blob.size() + ": " + e.getMessage(), e);
    }

    private InterruptedIOException interrupted() {
        return new InterruptedIOException(named() + ": interrupted");
    }

    private String named() {
        return "blob " + blob.digest() + " of " + repository.repository();
    }

    private void pause() throws IOException {
        try {
            repository.pause(failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
