package dev.rootbound.image;

import dev.rootbound.linux.DurableFiles;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Content by its sha256 digest, below {@code blobs/sha256/}: complete, verified and durable, or
 * absent. What is being worked with is kept by a {@link Hold}; the rest lives as long as {@link
 * Images} needs it.
 */
public final class ContentStore {
    private static final int PIECE = 128 << 10;

    private final Path blobs;
    private final Path incoming;

    /** How often each blob is held. Guarded by itself. */
    private final Map<Digest, Integer> holds = new HashMap<>();

    /** Makes the directory if need be, closed to others, and removes what a dead engine left. */
    public ContentStore(Path dir) throws IOException {
        blobs = DurableFiles.directories(dir.resolve("blobs").resolve("sha256"));
        incoming = DurableFiles.directories(dir.resolve("incoming"));
        try (var left = Files.list(incoming)) {
            for (var file : left.toList()) Files.delete(file);
        }
    }

    /** Keeps every blob put or named through it, whoever wants it deleted, until closed. */
    public final class Hold implements AutoCloseable {
        private final List<Digest> held = new ArrayList<>();

        private Hold() {}

        /**
         * As {@link ContentStore#put}, held from then on; durable only after {@link
         * ContentStore#sync}.
         */
        Blob put(InputStream in, @Nullable Digest expected) throws IOException {
            return put(out -> copy(in, out), expected);
        }

        private static void copy(InputStream in, OutputStream out) throws IOException {
            var piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) out.write(piece, 0, n);
        }

        Blob put(ContentSource source, @Nullable Digest expected) throws IOException {
            return ContentStore.this.put(source, expected, this);
        }

        /** Holds a blob that is there already; false if it is not. */
        boolean keep(Digest digest) {
            synchronized (holds) {
                boolean there = exists(digest);
                if (there) add(digest);
                return there;
            }
        }

        /**
         * Completes a blob, from where an earlier attempt left it, and holds it.
         *
         * @param name tells attempts from others' at the same content
         * @throws IOException if the content is not as described: nothing is kept of it; or if the
         *     source or this thread was interrupted: then the next attempt goes on there
         */
        Blob complete(String name, Descriptor expected, PartialBlob.Source source)
                throws IOException {
            try (var file = PartialBlob.open(incoming, name)) {
                var blob = file.fill(expected, source);
                place(blob, file::moveTo, this);
                return blob;
            }
        }

        /** Guarded by the store's lock. */
        private void add(Digest digest) {
            held.add(digest);
            holds.merge(digest, 1, Integer::sum);
        }

        /** All put so far. */
        public List<Digest> blobs() {
            synchronized (holds) {
                return List.copyOf(held);
            }
        }

        @Override
        public void close() {
            synchronized (holds) {
                for (var digest : held)
                    holds.computeIfPresent(digest, (_, n) -> n > 1 ? n - 1 : null);
                held.clear();
            }
        }
    }

    public Hold hold() {
        return new Hold();
    }

    /** Makes blobs durable: what is only passing through need not be. */
    void sync(Collection<Digest> digests) throws IOException {
        for (var digest : digests) DurableFiles.sync(path(digest));
        DurableFiles.sync(blobs);
    }

    /**
     * Stores a stream's bytes, durably; the same bytes twice are stored once.
     *
     * @param expected refused if the bytes have another digest
     * @throws IOException naming what was being stored; nothing is left behind
     */
    Blob put(InputStream in, @Nullable Digest expected) throws IOException {
        try (var hold = hold()) {
            var blob = hold.put(in, expected);
            sync(List.of(blob.digest()));
            return blob;
        }
    }

    private Blob put(ContentSource source, @Nullable Digest expected, Hold hold)
            throws IOException {
        try (var file = IncomingFile.create(incoming)) {
            var blob = file.write(source, expected);
            Failpoint.reach("load.blob-written");
            place(blob, file::moveTo, hold);
            return blob;
        }
    }

    private interface Move {
        void to(Path place) throws IOException;
    }

    private void place(Blob blob, Move file, Hold hold) throws IOException {
        synchronized (holds) {
            if (!exists(blob.digest())) file.to(path(blob.digest()));
            hold.add(blob.digest());
        }
    }

    /** Removes what was left of blobs that nobody has gone on with for so long. */
    public void removePartial(Duration age) throws IOException {
        PartialBlob.removeAll(incoming, age);
    }

    /** Removes what was left of a blob that nobody completes now. */
    void removePartial(String name) throws IOException {
        PartialBlob.remove(incoming, name);
    }

    /**
     * @throws NoSuchFileException if it is not there
     */
    public InputStream open(Digest digest) throws IOException {
        return Files.newInputStream(path(digest));
    }

    /**
     * The bytes of a manifest or configuration.
     *
     * @throws IOException if they are damaged, or more than a document may have
     */
    public byte[] document(Digest digest) throws IOException {
        try (var in = open(digest)) {
            var bytes = in.readNBytes(Json.MAX_DOCUMENT + 1);
            if (bytes.length > Json.MAX_DOCUMENT || !Sha256.of(bytes).equals(digest)) {
                throw new IOException("content " + digest + " is damaged");
            }
            return bytes;
        }
    }

    /** Bytes. */
    public long size(Digest digest) throws IOException {
        return Files.size(path(digest));
    }

    public boolean exists(Digest digest) {
        return Files.exists(path(digest));
    }

    /** Unless it is held; unchanged if it is not there. */
    public void delete(Digest digest) throws IOException {
        synchronized (holds) {
            if (!holds.containsKey(digest)) Files.deleteIfExists(path(digest));
        }
    }

    /** All that are there. */
    List<Digest> list() throws IOException {
        try (Stream<Path> files = Files.list(blobs)) {
            return files.map(file -> new Digest(file.getFileName().toString())).toList();
        }
    }

    private Path path(Digest digest) {
        return blobs.resolve(digest.hex());
    }
}
