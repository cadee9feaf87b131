package dev.rootbound.rootfs;

import dev.rootbound.image.LayerSink;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The unpacked layers, each once for all tenants, owned by the foreign id range.
 *
 * <p>A layer's tree is {@code TREES/NUMBER}; its record, outside of what is mapped for containers,
 * {@code RECORDS/DIFFID.json}. It is unpacked into {@code TREES/tmp-NUMBER}, and exists when its
 * record does; all else is a dead engine's and is removed. One engine at a time uses the
 * directories.
 *
 * <p>Whether a running container still needs a layer is for the caller to know.
 */
public final class Layers implements LayerSink, AutoCloseable {
    private final Path trees;
    private final Dir dir;
    private final LayerRecords records;
    private final List<String> damaged;
    private final LongSupplier maxSize;
    private final Removals removals;
    private final AtomicLong next;
    private final Claims<Digest> claims = new Claims<>();

    /** Guarded by itself. */
    private final Map<Digest, LayerRecord> layers = new HashMap<>();

    /**
     * Opens what is there, and makes what is missing.
     *
     * @param trees holds nothing but layers; given to the foreign range's first id, mode 0700
     * @param records of the engine only
     * @param maxSize bytes of a layer's tar that is taken, as it is now
     */
    public Layers(Path trees, Path records, LongSupplier maxSize) throws IOException {
        this.trees = trees;
        this.records = new LayerRecords(records);
        this.maxSize = maxSize;
        Files.createDirectories(trees);
        this.dir = Dir.open(trees);
        dir.fd().chown(OutsideIds.STORE.rootUid(), OutsideIds.STORE.rootGid());
        dir.fd().chmod(0700);
        this.removals = new Removals(dir);
        var found = this.records.read(this::checkTree);
        for (var record : found.records()) layers.put(record.diffId(), record);
        this.damaged = List.copyOf(found.damaged());
        var leftovers = new Leftovers(dir.names(), found);
        this.next = new AtomicLong(leftovers.highest() + 1);
        for (var name : leftovers.names()) removals.later(name);
    }

    private void checkTree(LayerRecord record) throws IOException {
        try {
            if (dir.stat(Bytes.of(record.directory())).isDirectory()) return;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) throw e;
        }
        throw new IllegalArgumentException("there is no " + trees.resolve(record.directory()));
    }

    /** Where the layers' directories are. */
    public Path trees() {
        return trees;
    }

    /** Why records were set aside, a sentence each; their layers are to be loaded again. */
    public List<String> damaged() {
        return damaged;
    }

    @Override
    public Set<Digest> list() {
        synchronized (layers) {
            return Set.copyOf(layers.keySet());
        }
    }

    /**
     * A layer's directory, a short name in {@link #trees}.
     *
     * @throws NoSuchFileException if the layer is not there
     */
    public String directory(Digest diffId) throws NoSuchFileException {
        var record = find(diffId);
        if (record == null) throw new NoSuchFileException("layer " + diffId + " is not unpacked");
        return record.directory();
    }

    private @Nullable LayerRecord find(Digest diffId) {
        synchronized (layers) {
            return layers.get(diffId);
        }
    }

    @Override
    public long maxSize() {
        return maxSize.getAsLong();
    }

    @Override
    public boolean has(Digest diffId) {
        return find(diffId) != null;
    }

    @Override
    public void unpack(Digest diffId, InputStream tar) throws IOException {
        try (var _ = claims.claim(diffId)) {
            if (has(diffId)) return;
            var record = PlatformThread.call("unpack-layer", () -> unpackTree(diffId, tar));
            synchronized (layers) {
                layers.put(diffId, record);
            }
        }
    }

    private LayerRecord unpackTree(Digest diffId, InputStream tar) throws IOException {
        var number = Long.toString(next.getAndIncrement(), Character.MAX_RADIX);
        try (var tree = new UnfinishedTree(dir, number)) {
            var unpacked = tree.unpack(tar);
            Failpoint.reach("load.unpacked");
            var record = new LayerRecord(diffId, number, unpacked.entries(), unpacked.size());
            tree.makeDurable();
            Failpoint.reach("load.tree-durable");
            records.write(record);
            tree.keep();
            return record;
        } catch (IOException e) {
            throw isFull(e) ? new IOException(e.getMessage() + " on the disk of " + trees, e) : e;
        }
    }

    /** Who reads it knows neither the entry nor the call, and must find the disk. */
    private static boolean isFull(IOException e) {
        var failed = e instanceof ErrnoException ? e : e.getCause();
        return failed instanceof ErrnoException call
                && (call.errno() == Errno.ENOSPC || call.errno() == Errno.EDQUOT);
    }

    /** Unpacks the tar again, beside the layer, and compares the two trees. */
    @Override
    public List<String> check(Digest diffId, InputStream tar) throws IOException {
        var record = find(diffId);
        if (record == null) return List.of("it is not unpacked");
        return PlatformThread.call("check-layer", () -> differences(record, tar));
    }

    private List<String> differences(LayerRecord record, InputStream tar) throws IOException {
        // the kernel's time of files is up to a tick behind
        long began = System.currentTimeMillis() / 1000 - 1;
        var number = Long.toString(next.getAndIncrement(), Character.MAX_RADIX);
        try (var again = new UnfinishedTree(dir, number)) {
            var unpacked = again.unpack(tar);
            var now = new LayerRecord(record.diffId(), number, unpacked.entries(), unpacked.size());
            if (now.entries() != record.entries() || now.size() != record.size()) {
                return List.of("its archive is " + now + ", its record " + record);
            }
            try (var found = dir.dir(Bytes.of(record.directory()));
                    var wanted = again.open()) {
                return TreeComparison.differences(found, wanted, began);
            }
        }
    }

    /** Invisible and, after a crash, gone at return; its files are removed in the background. */
    @Override
    public void drop(Digest diffId) throws IOException {
        try (var _ = claims.claim(diffId)) {
            var record = find(diffId);
            if (record == null) return;
            synchronized (layers) {
                layers.remove(diffId); // first: it must not be used if its record may be gone
            }
            try {
                records.delete(diffId);
                Failpoint.reach("rmi.layer-record-deleted");
            } finally {
                if (!records.has(diffId)) removals.later(record.directory());
            }
        }
    }

    /** Waits for what is being removed. */
    @Override
    public void close() {
        removals.close();
        dir.close();
    }
}
