package dev.rootbound.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A process as the host's kernel shows it in {@code /proc}. */
record HostProcess(long pid) {
    /** The ids {@code [first, first + size)} of a container. */
    record Lease(long first, long size) {
        boolean holds(long id) {
            return id >= first && id < first + size;
        }

        boolean overlaps(Lease other) {
            return first < other.first + other.size && other.first < first + size;
        }
    }

    /**
     * What its user namespace's inside ids stand for; the test fails if that is no single block.
     */
    Lease lease() {
        var uids = read("uid_map").strip().split("\\s+", -1);
        var gids = read("gid_map").strip().split("\\s+", -1);
        if (uids.length != 3 || !uids[0].equals("0") || !Arrays.equals(uids, gids))
            throw new AssertionError("not one block of ids: " + Arrays.toString(uids));
        var lease = new Lease(Long.parseLong(uids[1]), Long.parseLong(uids[2]));
        if (lease.first % 65536 != 0 || lease.first == 0 || lease.size != 65536)
            throw new AssertionError("not an aligned block of 65536: " + lease);
        return lease;
    }

    /** Real, effective, saved and file-system uid and gid, and all supplementary groups. */
    List<Long> ids() {
        var ids = new ArrayList<Long>();
        for (var key : List.of("Uid", "Gid", "Groups"))
            for (var id : status(key).split("\\s+", -1))
                if (!id.isEmpty()) ids.add(Long.parseLong(id));
        return ids;
    }

    long effectiveUid() {
        return Long.parseLong(status("Uid").split("\\s+", -1)[1]);
    }

    long effectiveGid() {
        return Long.parseLong(status("Gid").split("\\s+", -1)[1]);
    }

    String status(String key) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** The processes whose parent, or parent's parent, it is, and itself. */
    List<HostProcess> family() {
        var children = new ArrayList<>(List.of(this));
        ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .map(child -> new HostProcess(child.pid()))
                .forEach(children::add);
        return children;
    }

    String read(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
