package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The disk becomes full in the middle of a pull, a load, a commit: an error that names it, the
 * space is given back, other images work.
 */
@Tag("system")
class FullDiskTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    /** For records and the file system's own. */
    private static final long LITTLE = 1 << 20;

    private final Path directory = Daemon.directory();
    private final Path root = directory.resolve("root");
    private final Set<String> known = new HashSet<>();
    private Daemon daemon;

    @BeforeEach
    void start() {
        var script =
                "cd \"$1\"; truncate -s 64M disk; mkfs.ext4 -q -m 0 disk; mkdir root; mount -o loop disk root";
        Shell.run("sh", "-ec", script, "-", directory.toString()).ok();
        daemon = Daemon.start(directory, root, "");
        docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterEach
    void end() {
        daemon.close();
        Shell.run("umount", root.toString());
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }

    private Cli docker() {
        return daemon.docker();
    }

    /** Three layers that are 48 MB in archives and as much when they are unpacked. */
    private Path archive(String name) {
        var layers = new Layer[3];
        for (int i = 0; i < layers.length; i++) {
            var bytes = new byte[16 << 20];
            new Random(i).nextBytes(bytes);
            layers[i] = new Layer().file("noise" + i, Layer.Meta.mode(0644), bytes);
        }
        return Archive.write(directory, name, "", layers);
    }

    @Test
    void aPullThatFillsTheDiskGivesTheSpaceBack() {
        try (var registry = TestRegistry.open()) {
            var name = registry.image("large:1");
            var from = "docker-archive:" + archive("large:1");
            Shell.run("skopeo", "copy", "-q", "--dest-tls-verify=false", from, "docker://" + name)
                    .ok();
            fails("pull", name);
        }
    }

    @Test
    void aLoadThatFillsTheDiskGivesTheSpaceBack() {
        fails("load", "-i", archive("large:1").toString());
    }

    @Test
    void aCommitThatFillsTheDiskGivesTheSpaceBack() {
        var write = "head -c 34m /dev/urandom >/noise";
        docker().run("run", "--name", "large", IMAGE, "sh", "-c", write).ok();
        fails("commit", "large", "large:1");
        docker().run("start", "-a", "large").ok(); // it is as it was
    }

    private void fails(String... command) {
        docker().run("run", "--rm", IMAGE, "true").ok();
        long before = used();
        var failed = docker().run(command).ended(1);
        assertThat(failed.err() + failed.out())
                .containsIgnoringCase("no space left on device")
                .contains(root.toString());
        assertThat(used()).isLessThan(before + LITTLE);
        assertThat(Invariants.broken(daemon, known)).as(daemon.log()).isEmpty();
        assertThat(docker().run("images", "-q").ok().out().lines()).hasSize(1);
        docker().run("run", "--rm", IMAGE, "true").ok();
    }

    private long used() {
        var disk = root.toFile();
        return disk.getTotalSpace() - disk.getFreeSpace();
    }
}
