package dev.rootbound.systemtests;

import java.nio.file.Path;

/** A disk of the host with an ext4 on it: what an attack on the host's disks may show itself on. */
record LoopDisk(Path device) implements AutoCloseable {
    /** The block major number of loop devices (Linux, devices.txt). */
    static final int MAJOR = 7;

    static LoopDisk make(Path directory) {
        var script = "truncate -s 8M \"$1\"; mkfs.ext4 -q \"$1\"; losetup -f --show \"$1\"";
        var file = directory.resolve("disk").toString();
        return new LoopDisk(Path.of(Shell.run("sh", "-ec", script, "-", file).ok().out()));
    }

    int minor() {
        return Integer.parseInt(device.getFileName().toString().substring("loop".length()));
    }

    @Override
    public void close() {
        Shell.run("losetup", "-d", device.toString());
    }
}
