package dev.rootbound.systemtests;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios 15, 16 and 19: what root in a container may do, inside and to the host. */
@SystemTest
class CapabilitiesTest {
    /**
     * CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE,
     * SYS_CHROOT, SETFCAP (capabilities(7), linux/capability.h).
     */
    private static final long DEFAULT =
            LongStream.of(0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 31).map(bit -> 1L << bit).sum();

    private static final long NET_BIND_SERVICE = 1L << 10;

    private static final String RAW_DISK = "rbt/raw-disk:latest";
    private static @Nullable LoopDisk disk;

    @BeforeAll
    static void images(Target target, @TempDir Path directory) {
        target.load(TestImage.BUSYBOX, TestImage.FILE_CAPABILITY, TestImage.DEBIAN);
        disk = LoopDisk.make(directory);
        var layer = TestImage.busybox().blockDevice("disk", LoopDisk.MAJOR, disk.minor());
        var archive = Archive.write(directory, RAW_DISK, "\"Cmd\":[\"sh\"]", layer);
        target.docker().run("load", "-q", "-i", archive.toString()).ok();
    }

    @AfterAll
    static void detachDisk() {
        if (disk != null) disk.close();
    }

    @Promise
    void rootHasElevenCapabilitiesAndNoneToInherit(Cli cli) {
        var status = cli.prints(TestImage.BUSYBOX, "cat", "/proc/self/status");
        assertThat(capabilities(status, "Eff")).isEqualTo(DEFAULT);
        assertThat(capabilities(status, "Prm")).isEqualTo(DEFAULT);
        assertThat(capabilities(status, "Bnd")).isEqualTo(DEFAULT);
        assertThat(capabilities(status, "Inh")).isZero();
        assertThat(capabilities(status, "Amb")).isZero();
    }

    @Behaviour
    void anotherUserHasNoCapabilityEvenWhenPrivileged(Cli cli) {
        for (var flag : List.of("--privileged", "--cap-add=ALL", "--cap-add=NET_ADMIN")) {
            var status =
                    cli.run(
                                    "run",
                                    "--rm",
                                    "-u",
                                    "1000:1000",
                                    flag,
                                    TestImage.BUSYBOX.tag(),
                                    "cat",
                                    "/proc/self/status")
                            .ok()
                            .out();
            for (var set : List.of("Eff", "Prm", "Inh", "Amb"))
                assertThat(capabilities(status, set)).as(flag + " " + set).isZero();
        }
    }

    @Behaviour
    void dropAllAndAddOneLeavesOne(Cli cli) {
        var status =
                cli.run(
                                "run",
                                "--rm",
                                "--cap-drop",
                                "ALL",
                                "--cap-add",
                                "NET_BIND_SERVICE",
                                TestImage.BUSYBOX.tag(),
                                "cat",
                                "/proc/self/status")
                        .ok()
                        .out();
        assertThat(capabilities(status, "Eff")).isEqualTo(NET_BIND_SERVICE);
        assertThat(capabilities(status, "Bnd")).isEqualTo(NET_BIND_SERVICE);
    }

    /** All that this host's root has: a container of this host cannot be asked for more. */
    @Behaviour
    void privilegedRootShowsAllCapabilities(Cli cli) {
        var host = capabilities(Shell.run("cat", "/proc/self/status").ok().out(), "Bnd");
        var status =
                cli.run(
                                "run",
                                "--rm",
                                "--privileged",
                                TestImage.BUSYBOX.tag(),
                                "cat",
                                "/proc/self/status")
                        .ok()
                        .out();
        assertThat(capabilities(status, "Eff") & host).isEqualTo(host);
    }

    @Promise
    void privilegedRootCannotMakeTheHostsDiskAndReadIt(Cli cli) {
        var made = "mknod /tmp/disk b " + LoopDisk.MAJOR + " " + requireNonNull(disk).minor();
        var result =
                privileged(cli, TestImage.BUSYBOX.tag(), made + " && head -c 1 /tmp/disk | wc -c");
        assertThat(result.out()).isNotEqualTo("1");
        assertThat(result.err()).containsAnyOf("not permitted", "ermission denied");
    }

    @Promise
    void privilegedRootCannotReadADiskThatTheImageBrings(Cli cli) {
        var result = privileged(cli, RAW_DISK, "ls /disk && head -c 1 /disk | wc -c");
        assertThat(result.out()).isEqualTo("/disk\n0");
        assertThat(result.err()).containsAnyOf("not permitted", "ermission denied");
    }

    @Promise
    void privilegedRootCannotMountTheHostsDisk(Cli cli) {
        assertThat(privileged(cli, RAW_DISK, "mount -t ext4 /disk /home").code()).isNotZero();
    }

    @Promise
    void privilegedRootCannotWriteTheHostsKernelSettings(Cli cli) {
        var result =
                privileged(
                        cli,
                        TestImage.BUSYBOX.tag(),
                        "cat /proc/sys/kernel/core_pattern >/tmp/x && cat /tmp/x >/proc/sys/kernel/core_pattern");
        assertThat(result.code()).isNotZero();
    }

    @Promise
    void privilegedRootCannotSetTheHostsClock(Cli cli) {
        var result = privileged(cli, TestImage.BUSYBOX.tag(), "date -s @$(date +%s)");
        assertThat(result.err()).contains("not permitted");
    }

    @Behaviour
    void aSetUserIdProgramGivesContainerRoot(Cli cli) {
        assertThat(
                        cli.run("run", "--rm", "-u", "1000:1000", TestImage.DEBIAN.tag(), "sid")
                                .ok()
                                .out())
                .contains("uid=1000")
                .contains("euid=0(root)");
    }

    @Promise
    void aSetUserIdProgramGivesNoMoreThanTheLeaseOnTheHost(Cli cli) {
        var name = cli.detached("-u", "1000:1000", TestImage.DEBIAN.tag(), "ssleep", "9999");
        var process = new HostProcess(cli.pid(name));
        assertThat(process.effectiveUid()).isEqualTo(process.lease().first());
    }

    @Behaviour
    void noNewPrivilegesMakesASetUserIdProgramHarmless(Cli cli) {
        var out =
                cli.run(
                                "run",
                                "--rm",
                                "-u",
                                "1000:1000",
                                "--security-opt",
                                "no-new-privileges",
                                TestImage.DEBIAN.tag(),
                                "sid")
                        .ok()
                        .out();
        assertThat(out).contains("uid=1000").doesNotContain("euid");
    }

    @Behaviour
    void aFileCapabilityWorksForAnotherUser(Cli cli) {
        var status =
                cli.run(
                                "run",
                                "--rm",
                                "-u",
                                "1000:1000",
                                TestImage.FILE_CAPABILITY.tag(),
                                "/caps/cat",
                                "/proc/self/status")
                        .ok()
                        .out();
        assertThat(capabilities(status, "Eff")).isEqualTo(NET_BIND_SERVICE);
    }

    @Behaviour
    void aFileCapabilityOutsideTheBoundingSetCannotBeExecuted(Cli cli) {
        var result =
                cli.run(
                        "run",
                        "--rm",
                        "-u",
                        "1000:1000",
                        "--cap-drop",
                        "NET_BIND_SERVICE",
                        TestImage.FILE_CAPABILITY.tag(),
                        "/bin/sh",
                        "-c",
                        "/caps/cat /etc/passwd");
        result.ended(126);
    }

    @Behaviour
    void aPortBelow1024IsForEveryUser(Cli cli) {
        var script = "nc -l -p 80 & sleep 1; kill $! && echo listening";
        var result =
                cli.run(
                        "run",
                        "--rm",
                        "-u",
                        "1000:1000",
                        TestImage.BUSYBOX.tag(),
                        "sh",
                        "-c",
                        script);
        assertThat(result.out()).isEqualTo("listening");
    }

    private static Result privileged(Cli cli, String image, String script) {
        return cli.run("run", "--rm", "--privileged", image, "sh", "-c", script);
    }

    private static long capabilities(String status, String set) {
        return status.lines()
                .filter(line -> line.startsWith("Cap" + set + ":"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst()
                .orElseThrow();
    }
}
