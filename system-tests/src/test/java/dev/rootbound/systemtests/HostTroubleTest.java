package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hosts with a fault: each a clear error, nothing lost, nothing left. Each test has an engine of
 * its own.
 */
@Tag("system")
class HostTroubleTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @Test
    void aRootDirectoryThatCannotBeWrittenIsAnErrorThatNamesIt() throws Exception {
        var directory = Daemon.directory();
        var root = Files.createDirectory(directory.resolve("root"));
        try (var daemon =
                Daemon.launch(
                        directory,
                        root,
                        "mount --bind "
                                + root
                                + " "
                                + root
                                + "; mount -o remount,bind,ro "
                                + root)) {
            assertThat(daemon.awaitEnd()).isNotZero();
            assertThat(daemon.log())
                    .contains(root.toString())
                    .containsIgnoringCase("read-only")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aFullDiskIsAnErrorAndNothingIsLost() {
        var directory = Daemon.directory();
        var root = directory.resolve("root");
        Shell.run(
                        "sh",
                        "-ec",
                        "cd \"$1\"; truncate -s 48M disk; mkfs.ext4 -q -m 0 disk; mkdir root; mount -o loop disk root",
                        "-",
                        directory.toString())
                .ok();
        try (var daemon = Daemon.start(directory, root, "")) {
            var docker = daemon.docker();
            docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            docker.run("run", "--rm", IMAGE, "true").ok();
            var before = daemon.leftovers();
            var free = root.toFile().getUsableSpace();
            var load = docker.run("load", "-q", "-i", TestImage.DEBIAN.archive().toString());
            assertThat(load.code()).isNotZero();
            assertThat(load.err() + load.out()).containsIgnoringCase("no space left");
            assertThat(daemon.leftovers()).isEqualTo(before);
            assertThat(root.toFile().getUsableSpace()).isGreaterThan(free - (2 << 20));
            assertThat(
                            docker.run(
                                            "run",
                                            "--name",
                                            "filler",
                                            IMAGE,
                                            "dd",
                                            "if=/dev/zero",
                                            "of=/big",
                                            "bs=1M")
                                    .err())
                    .contains("No space left");
            assertThat(docker.run("run", "--rm", IMAGE, "true").code())
                    .as("with a full disk")
                    .isIn(0, 125);
            docker.run("rm", "filler").ok();
            docker.run("run", "--rm", IMAGE, "true").ok();
            assertThat(daemon.isAlive()).isTrue();
        } finally {
            Shell.run("umount", root.toString());
            Shell.run("rm", "-rf", "--one-file-system", directory.toString());
        }
    }

    @Test
    void anExhaustedPoolIsAnErrorThatSaysHowToEnlargeIt() throws Exception {
        var directory = Daemon.directory();
        // ids that no other engine of this host has claimed, also none that died
        var subids =
                Files.writeString(directory.resolve("subids"), "rootbound:1610612736:131072\n");
        var bind = Daemon.subids(subids);
        try (var daemon = Daemon.start(directory, directory.resolve("root"), bind)) {
            var docker = daemon.docker();
            docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            docker.run("run", "-d", "--name", "one", IMAGE, "sleep", "9999").ok();
            docker.run("run", "-d", "--name", "two", IMAGE, "sleep", "9999").ok();
            var before = daemon.leftovers();
            var third = docker.run("run", "--rm", IMAGE, "true").ended(125);
            assertThat(third.err()).contains("/etc/subuid").contains("rootbound");
            assertThat(daemon.leftovers()).isEqualTo(before);
            docker.run("rm", "-f", "one").ok();
            docker.run("run", "--rm", IMAGE, "true").ok();
        }
    }

    @Test
    void aMissingRuntimeIsAnErrorThatNamesIt() {
        var directory = Daemon.directory();
        var hide =
                "for name in runc crun; do p=$(command -v $name) && mount --bind /dev/null $p || true; done";
        try (var daemon = Daemon.launch(directory, directory.resolve("root"), hide)) {
            assertThat(daemon.awaitEnd()).isNotZero();
            assertThat(daemon.log()).contains("runc").doesNotContain("\tat ");
        }
    }

    @Test
    void aMissingMonitorIsAnErrorThatNamesIt() {
        var directory = Daemon.directory();
        try (var daemon =
                Daemon.launch(
                        directory,
                        directory.resolve("root"),
                        "mount --bind /dev/null $(command -v conmon)")) {
            assertThat(daemon.awaitEnd()).isNotZero();
            assertThat(daemon.log()).contains("conmon").doesNotContain("\tat ");
        }
    }

    @Test
    void aContainerOutlivesItsEngineAndIsFoundAgain() {
        var directory = Daemon.directory();
        var root = directory.resolve("root");
        long pid;
        try (var first = new Stopped(Daemon.start(directory, root, ""))) {
            var docker = first.daemon.docker();
            docker.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            docker.run("run", "-d", "--name", "survivor", IMAGE, "sleep", "9999").ok();
            pid = docker.pid("survivor");
        }
        assertThat(Path.of("/proc/" + pid)).exists();
        try (var second = Daemon.start(directory, root, "")) {
            var docker = second.docker();
            assertThat(docker.pid("survivor")).isEqualTo(pid);
            assertThat(docker.run("exec", "survivor", "echo", "still here").ok().out())
                    .isEqualTo("still here");
            docker.run("stop", "-t", "0", "survivor").ok();
            assertThat(docker.run("wait", "survivor").ok().out()).isEqualTo("137");
        }
    }

    /** Stops the engine only; its containers and directories stay. */
    private record Stopped(Daemon daemon) implements AutoCloseable {
        @Override
        public void close() {
            daemon.stop();
        }
    }
}
