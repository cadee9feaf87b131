package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which directory a process's cgroup is: a container's own, or an error. */
class CgroupMountsTest {
    private static final String ID = "ab".repeat(32);
    private static final List<String> HYBRID =
            List.of(
                    "22 28 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw",
                    "30 22 0:26 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw",
                    "31 22 0:27 / /sys/fs/cgroup/systemd rw shared:10 - cgroup cgroup rw,xattr,name=systemd",
                    "32 22 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:11 - cgroup cgroup rw,cpu,cpuacct",
                    "33 22 0:29 /outer /sys/fs/cgroup/memory rw master:1 - cgroup cgroup rw,memory",
                    "34 22 0:30 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer",
                    "35 22 0:30 / /elsewhere rw - cgroup cgroup rw,freezer");
    private static final List<String> UNIFIED =
            List.of("30 22 0:26 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate");

    private static String v1(String below) {
        return "/rootbound/0/" + ID + below;
    }

    private static List<String> hybrid(String path) {
        return List.of(
                "5:freezer:" + path,
                "4:memory:/outer" + path,
                "2:cpu,cpuacct:" + path,
                "1:name=systemd:/",
                "0::/");
    }

    @Test
    void aHybridHostsControllersEachHaveADirectory() throws IOException {
        var cgroup = CgroupMounts.parse(HYBRID).cgroup(hybrid(v1("")), ID);
        assertThat(cgroup)
                .isEqualTo(
                        new CgroupV1(
                                Map.of(
                                        "freezer", directory("freezer"),
                                        "memory", directory("memory"),
                                        "cpu", directory("cpu,cpuacct"),
                                        "cpuacct", directory("cpu,cpuacct"))));
    }

    private static CgroupDirectory directory(String hierarchy) {
        return new CgroupDirectory(Path.of("/sys/fs/cgroup", hierarchy, v1("")));
    }

    @Test
    void aUnifiedHostHasOneDirectory() throws IOException {
        var mounts = CgroupMounts.parse(UNIFIED);
        assertThat(mounts.isUnified()).isTrue();
        assertThat(mounts.cgroup(List.of("0::" + v1("")), ID))
                .isEqualTo(new CgroupV2(new CgroupDirectory(Path.of("/sys/fs/cgroup" + v1("")))));
    }

    @Test
    void aProcessThatMovedBelowIsStillInItsContainersCgroup() throws IOException {
        var mounts = CgroupMounts.parse(UNIFIED);
        assertThat(mounts.cgroup(List.of("0::" + v1("/init/" + ID)), ID))
                .isEqualTo(mounts.cgroup(List.of("0::" + v1("")), ID));
    }

    @Test
    void anotherCgroupIsNotTheContainers() {
        for (var path :
                List.of(
                        "/",
                        "/rootbound/0/" + "cd".repeat(32),
                        "/rootbound/0/x" + ID,
                        "/../" + ID)) {
            assertThatThrownBy(() -> CgroupMounts.parse(UNIFIED).cgroup(List.of("0::" + path), ID))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(ID);
            assertThatThrownBy(() -> CgroupMounts.parse(HYBRID).cgroup(hybrid(path), ID))
                    .isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void whatIsNotMountedHereIsAnError() {
        var lines = List.of("4:memory:/other" + v1(""), "5:freezer:" + v1(""));
        assertThatThrownBy(() -> CgroupMounts.parse(HYBRID).cgroup(lines, ID))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/sys/fs/cgroup/memory");
    }
}
