package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TenantCgroupTest {
    private static final long GIB = 1L << 30;
    private static final long NONE = TenantCgroup.NONE;

    /** That nobody else of this host has. */
    private static final Path OWN =
            Path.of("rootbound-test-" + ProcessHandle.current().pid(), "1000");

    @TempDir Path mount;

    private void file(String name, String text) throws IOException {
        var file = mount.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String text(String name) throws IOException {
        return Files.readString(mount.resolve(name)).strip();
    }

    /** On files as the kernel's cgroup-v2.rst describes them: this host may have version 1. */
    @Test
    void ofVersion2TheControllersAreEnabledOnTheWay() throws IOException {
        file("cgroup.controllers", "cpuset cpu io memory pids\n");
        file("cgroup.subtree_control", "");
        file("rootbound/cgroup.controllers", "cpu memory pids\n");
        file("rootbound/cgroup.subtree_control", "");
        for (var name : new String[] {"memory.max", "memory.swap.max", "pids.max"}) {
            file("rootbound/1000/" + name, "max\n");
        }
        file("rootbound/1000/cpu.max", "max 100000\n");
        var mounts = new CgroupMounts(Map.of(), new CgroupMounts.Hierarchy(mount, "/"));
        var cgroup = new TenantCgroup(mounts, Path.of("rootbound/1000"));

        cgroup.limit(GIB, 1_500_000_000, 300);
        assertThat(text("cgroup.subtree_control")).isEqualTo("+memory +cpu +pids");
        assertThat(text("rootbound/cgroup.subtree_control")).isEqualTo("+memory +cpu +pids");
        assertThat(text("rootbound/1000/memory.max")).isEqualTo("" + GIB);
        assertThat(text("rootbound/1000/memory.swap.max")).isEqualTo("" + GIB);
        assertThat(text("rootbound/1000/cpu.max")).isEqualTo("150000 100000");
        assertThat(text("rootbound/1000/pids.max")).isEqualTo("300");

        cgroup.limit(NONE, NONE, NONE);
        assertThat(text("rootbound/1000/memory.max")).isEqualTo("max");
        assertThat(text("rootbound/1000/memory.swap.max")).isEqualTo("max");
        assertThat(text("rootbound/1000/cpu.max")).isEqualTo("max 100000");
        assertThat(text("rootbound/1000/pids.max")).isEqualTo("max");
    }

    @Tag("kernel")
    @Test
    void theKernelTakesLimitsAndTheirEnd() throws IOException {
        var cgroup = TenantCgroup.of(OWN);
        try {
            assertThat(cgroup.exists()).isFalse();
            cgroup.limit(GIB, 1_500_000_000, 300);
            assertThat(cgroup.exists()).isTrue();
            assertThat(read("memory", "memory.limit_in_bytes", "memory.max")).isEqualTo("" + GIB);
            assertThat(read("pids", "pids.max", "pids.max")).isEqualTo("300");
            assertThat(read("cpu", "cpu.cfs_quota_us", "cpu.max")).startsWith("150000");
            cgroup.limit(2 * GIB, NONE, NONE); // more, too
            assertThat(read("memory", "memory.limit_in_bytes", "memory.max"))
                    .isEqualTo("" + 2 * GIB);
            assertThat(read("pids", "pids.max", "pids.max")).isEqualTo("max");
            assertThat(read("cpu", "cpu.cfs_quota_us", "cpu.max")).isIn("-1", "max 100000");
            cgroup.limit(NONE, NONE, NONE);
        } finally {
            remove();
        }
    }

    private static Path directory(String controller) throws IOException {
        var mounts = CgroupMounts.host();
        var hierarchy =
                mounts.isUnified() ? mounts.unified() : mounts.controllers().get(controller);
        if (hierarchy == null) throw new IOException("this host has no controller " + controller);
        return hierarchy.mount().resolve(OWN);
    }

    private static String read(String controller, String version1, String version2)
            throws IOException {
        var name = CgroupMounts.host().isUnified() ? version2 : version1;
        return Files.readString(directory(controller).resolve(name)).strip();
    }

    private static void remove() throws IOException {
        for (var controller : new String[] {"memory", "cpu", "pids"}) {
            var directory = directory(controller);
            Files.deleteIfExists(directory);
            Files.deleteIfExists(directory.getParent());
        }
    }
}
