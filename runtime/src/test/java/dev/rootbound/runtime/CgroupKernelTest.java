package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's own version 1, in a cgroup of this test's. */
@Tag("kernel")
@Timeout(60)
class CgroupKernelTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    private final List<Path> made = new ArrayList<>();
    private @TempDir Path directory;
    private Process process;
    private Cgroup cgroup;

    @BeforeEach
    void start() throws IOException {
        var mounts = CgroupMounts.host();
        Assumptions.assumeFalse(mounts.isUnified(), "a host of version 2");
        var script = "i=0; while :; do i=$((i+1)); echo $i >count; sleep 0.01; done";
        process = new ProcessBuilder("sh", "-c", script).directory(directory.toFile()).start();
        var hierarchies = new LinkedHashSet<Path>();
        for (var controller : CgroupV1.CONTROLLERS) {
            var hierarchy = mounts.controllers().get(controller);
            if (hierarchy != null) {
                hierarchies.add(hierarchy.mount());
            }
        }
        for (var hierarchy : hierarchies) {
            join(hierarchy);
        }
        cgroup = Cgroup.of(process.pid(), ID);
    }

    private void join(Path hierarchy) throws IOException {
        var parent = hierarchy.resolve("rootbound-test-" + ProcessHandle.current().pid());
        for (var each : List.of(parent, parent.resolve(ID))) {
            Files.createDirectory(each);
            made.add(each);
            for (var file : List.of("cpuset.cpus", "cpuset.mems")) {
                var above = Objects.requireNonNull(each.getParent()).resolve(file);
                if (Files.exists(above)) { // empty at first: nothing could run in it
                    Files.writeString(each.resolve(file), Files.readString(above));
                }
            }
        }
        Files.writeString(made.getLast().resolve("cgroup.procs"), "" + process.pid());
    }

    @AfterEach
    void remove() throws Exception {
        if (process == null) {
            return;
        }
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        for (var each : made.reversed()) {
            for (int tries = 0; tries < 200; tries++) {
                if (each.toFile().delete()) { // busy until its last process is reaped
                    break;
                }
                Thread.sleep(10);
            }
            assertThat(each).doesNotExist();
        }
    }

    private String count() throws IOException {
        return Files.readString(directory.resolve("count"));
    }

    private void awaitChange(String count) throws Exception {
        while (count().equals(count) || count().isEmpty()) {
            Thread.sleep(5);
        }
    }

    @Test
    void whatIsFrozenStandsStill() throws Exception {
        while (!Files.exists(directory.resolve("count"))) {
            Thread.sleep(5);
        }
        awaitChange("");
        cgroup.freeze();
        assertThat(cgroup.isFrozen()).isTrue();
        var count = count();
        Thread.sleep(200);
        assertThat(count()).isEqualTo(count);
        cgroup.thaw();
        assertThat(cgroup.isFrozen()).isFalse();
        awaitChange(count);
    }

    @Test
    void whatIsUsedIsCounted() throws Exception {
        while (!Files.exists(directory.resolve("count"))) {
            Thread.sleep(5);
        }
        var before = cgroup.stats();
        Thread.sleep(200);
        var after = cgroup.stats();
        assertThat(after.cpu().total()).isGreaterThan(before.cpu().total());
        assertThat(after.cpu().perCpu().stream().mapToLong(Long::longValue).sum())
                .isCloseTo(after.cpu().total(), org.assertj.core.data.Percentage.withPercentage(5));
        assertThat(after.memory().usage()).isPositive();
        assertThat(after.memory().fields()).containsKey("total_inactive_file");
        assertThat(after.pids().current()).isBetween(1L, 3L);
        assertThat(after.pids().limit()).isEqualTo(Long.MAX_VALUE);
        assertThat(cgroup.processes()).contains(process.pid());
        assertThat(cgroup.oomKills()).isZero();
    }

    @Test
    void limitsAreInForceAtOnceUpAndDown() throws IOException {
        long mega = 1 << 20;
        for (long size : List.of(64 * mega, 256 * mega, 32 * mega)) {
            var limits =
                    new Resources(
                            size,
                            size / 2,
                            size * 2,
                            null,
                            500_000_000,
                            512,
                            0,
                            0,
                            "0",
                            "0",
                            50,
                            0,
                            false);
            var left = cgroup.update(limits);
            assertThat(cgroup.stats().memory().limit()).isEqualTo(size);
            assertThat(cgroup.stats().pids().limit()).isEqualTo(50);
            assertThat(text("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
            assertThat(text("cpu", "cpu.shares")).isEqualTo("512");
            assertThat(text("cpuset", "cpuset.cpus")).isEqualTo("0");
            if (left.isEmpty()) {
                assertThat(text("memory", "memory.memsw.limit_in_bytes")).isEqualTo("" + size * 2);
            }
        }
        var none = new Resources(0, 0, -1, null, 0, 0, 0, -1, "", "", -1, 0, false);
        assertThat(cgroup.update(none)).isEmpty();
        assertThat(cgroup.stats().pids().limit()).isEqualTo(Long.MAX_VALUE);
        assertThat(text("cpu", "cpu.cfs_quota_us")).isEqualTo("-1");
    }

    @Test
    void aRefusedLimitChangesNothing() throws IOException {
        var before = cgroup.stats().memory().limit();
        var limits = new Resources(64 << 20, 0, 0, null, 0, 0, 0, 0, "4000", "", 9, 0, false);
        assertThatThrownBy(() -> cgroup.update(limits))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cpuset.cpus");
        assertThat(cgroup.stats().memory().limit()).isEqualTo(before);
    }

    private String text(String controller, String file) throws IOException {
        var directory = ((CgroupV1) cgroup).directories().get(controller);
        return Objects.requireNonNull(directory).text(file).orElseThrow();
    }

    @Test
    void aProcessOfNoContainerIsRefused() {
        assertThatThrownBy(() -> Cgroup.of(ProcessHandle.current().pid(), ID))
                .isInstanceOf(NoSuchFileException.class);
    }
}
