package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Uninterrupted;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.registry.RegistryException;
import dev.rootbound.registry.RemoteRepository;
import dev.rootbound.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/**
 * Blobs on their way from registries. Two pulls of one tenant that want the same share one way; it
 * ends when the last of them has gone.
 */
final class Downloads {
    private static final int LOOK_MILLISECONDS = 100;
    private static final int MOST_SUPPLIED = 10_000;

    /** One way: other tenants' are others', for what one may have another may not. */
    private record Key(long tenant, Repository repository, Digest blob) {
        String fileName() {
            return Sha256.of(toString().getBytes(UTF_8)).hex();
        }
    }

    /** What came from a registry that was known by its certificate. */
    private record Supplied(Repository repository, Digest blob) {}

    private final Images images;
    private final ContentStore content;

    /** Guarded by this. */
    private final Map<Key, Download> running = new HashMap<>();

    /** The latest: what is forgotten is downloaded again. */
    private final Set<Supplied> supplied =
            Collections.synchronizedSet(
                    Collections.newSetFromMap(
                            new LinkedHashMap<>() {
                                private static final long serialVersionUID = 1;

                                @Override
                                protected boolean removeEldestEntry(
                                        Map.Entry<Supplied, Boolean> eldest) {
                                    return size() > MOST_SUPPLIED;
                                }
                            }));

    Downloads(Images images, ContentStore content) {
        this.images = images;
        this.content = content;
    }

    private static final class Download {
        final RemoteRepository remote;
        final CompletableFuture<Blob> result = new CompletableFuture<>();
        final ContentStore.Hold hold;
        final Thread thread;
        volatile long done;
        int waiters;

        Download(ContentStore content, RemoteRepository remote, Runnable work) {
            this.remote = remote;
            hold = content.hold();
            thread = Thread.ofVirtual().name("download").unstarted(work);
        }
    }

    /**
     * Whether the registry gave this blob to somebody, and would give it to this caller too. A
     * registry that is not known by its certificate may be anybody, who says yes to any digest.
     */
    boolean mayHave(RemoteRepository remote, Descriptor blob)
            throws IOException, InterruptedException {
        boolean known =
                remote.isVerified()
                        && supplied.contains(new Supplied(remote.repository(), blob.digest()));
        try {
            return known && remote.blobSize(blob.digest()).orElse(-1) == blob.size();
        } catch (RegistryException e) {
            return false; // it was asked to save work: the download says what is wrong
        }
    }

    /** Downloads a blob, or waits until another pull has; held by {@code work} on return. */
    void fetch(
            long tenant, RemoteRepository remote, Descriptor blob, Work work, LongConsumer progress)
            throws IOException, InterruptedException {
        var key = new Key(tenant, remote.repository(), blob.digest());
        boolean done = false;
        while (!done) {
            var download = join(key, remote, blob);
            try {
                await(download, progress);
                if (!work.keep(blob.digest())) {
                    throw new IOException("blob " + blob.digest() + " went");
                }
                done = true;
            } catch (IOException e) {
                // another pull's connection ends with that pull, and its caller may have had less
                // right
                if (download.remote == remote) throw e;
            } finally {
                leave(key, download);
            }
        }
        if (remote.isVerified()) supplied.add(new Supplied(remote.repository(), blob.digest()));
    }

    private synchronized Download join(Key key, RemoteRepository remote, Descriptor blob)
            throws InterruptedException {
        var download = running.get(key);
        while (download != null && download.waiters == 0) { // it is being ended: its file is in use
            wait();
            download = running.get(key);
        }
        if (download == null) {
            var started = new Download[1];
            download = new Download(content, remote, () -> run(started[0], key, blob));
            started[0] = download;
            running.put(key, download);
            download.thread.start();
        }
        download.waiters++;
        return download;
    }

    private void run(Download download, Key key, Descriptor blob) {
        var source =
                new PartialBlob.Source() {
                    @Override
                    public InputStream from(long offset) {
                        return download.remote.blob(blob, offset);
                    }

                    @Override
                    public void at(long bytes) {
                        download.done = bytes;
                    }
                };
        try {
            download.result.complete(download.hold.complete(key.fileName(), blob, source));
        } catch (IOException | RuntimeException | Error e) {
            synchronized (this) {
                running.remove(key, download); // who comes now begins anew
            }
            download.result.completeExceptionally(e);
        }
    }

    private static void await(Download download, LongConsumer progress)
            throws IOException, InterruptedException {
        while (true) {
            try {
                download.result.get(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                progress.accept(download.done);
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            }
        }
    }

    private static IOException failure(@org.jspecify.annotations.Nullable Throwable cause) {
        if (cause instanceof InterruptedIOException e) return new IOException(e.getMessage(), e);
        if (cause instanceof IOException e) return e;
        if (cause instanceof RuntimeException e) throw e;
        if (cause instanceof Error e) throw e;
        return new IOException(cause);
    }

    /** The last to go ends the way, and waits for that: then nothing of it is in use any more. */
    private void leave(Key key, Download download) throws IOException {
        synchronized (this) {
            if (--download.waiters > 0) return;
        }
        download.thread.interrupt();
        Uninterrupted.join(download.thread); // until then it may hold more, and writes to its file
        var blobs = download.hold.blobs();
        download.hold.close();
        synchronized (this) {
            running.remove(key, download);
            notifyAll();
        }
        images.sweep(blobs); // what came when nobody waited any more
    }

    /** Gives back what was kept of blobs for another attempt, unless somebody goes on with it. */
    synchronized void forget(long tenant, RemoteRepository remote, Collection<Descriptor> blobs)
            throws IOException {
        for (var blob : blobs) {
            var key = new Key(tenant, remote.repository(), blob.digest());
            if (!running.containsKey(key)) content.removePartial(key.fileName());
        }
    }
}
