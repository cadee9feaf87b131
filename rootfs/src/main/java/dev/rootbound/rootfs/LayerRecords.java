package dev.rootbound.rootfs;

import dev.rootbound.linux.DurableFiles;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The layers' records, a file each: a layer without one does not exist. */
final class LayerRecords {
    private static final String RECORD = ".json";
    private static final String DAMAGED = ".bad";

    private final Path dir;

    /** Makes the directory if need be, closed to others. */
    LayerRecords(Path dir) throws IOException {
        this.dir = DurableFiles.directories(dir);
    }

    /** What was found: records, and for each damaged one a sentence that says why. */
    record Found(List<LayerRecord> records, List<String> damaged) {}

    /** Decides whether a record is to be believed; throws IllegalArgumentException if not. */
    interface Check {
        void accept(LayerRecord record) throws IOException;
    }

    /** Reads all, sets the damaged ones aside and removes unfinished ones. */
    Found read(Check check) throws IOException {
        var found = new Found(new ArrayList<>(), new ArrayList<>());
        for (var file : files()) {
            var name = file.getFileName().toString();
            if (DurableFiles.isUnfinished(file)) Files.delete(file);
            if (name.endsWith(DAMAGED)) found.damaged.add(file + " was set aside as damaged");
            if (name.endsWith(RECORD)) read(file, check, found);
        }
        return found;
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(dir)) {
            return files.sorted().toList();
        }
    }

    private void read(Path file, Check check, Found found) throws IOException {
        try {
            var record = LayerRecord.parse(Files.readAllBytes(file));
            if (!file.equals(file(record.diffId()))) {
                throw new IllegalArgumentException("it is the record of " + record.diffId());
            }
            check.accept(record);
            found.records.add(record);
        } catch (IllegalArgumentException e) {
            var aside = file.resolveSibling(file.getFileName() + DAMAGED);
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            found.damaged.add(
                    file + " is set aside as " + aside.getFileName() + ": " + e.getMessage());
        }
    }

    /** Durable on return; a failure leaves no record. */
    void write(LayerRecord record) throws IOException {
        var file = file(record.diffId());
        try {
            DurableFiles.write(file, record.toJson());
            Failpoint.reach("load.layer-recorded");
        } catch (IOException e) {
            Files.deleteIfExists(file); // renamed already when its directory could not be synced
            throw e;
        }
    }

    boolean has(Digest diffId) {
        return Files.exists(file(diffId));
    }

    /** Durable on return. */
    void delete(Digest diffId) throws IOException {
        DurableFiles.delete(file(diffId));
    }

    private Path file(Digest diffId) {
        return dir.resolve(diffId.hex() + RECORD);
    }
}
