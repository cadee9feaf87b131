package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitorCgroupTest {
    private @TempDir Path cgroups;

    @Test
    void onVersion2ItIsBelowTheOneRoot() {
        assertThat(MonitorCgroup.of(cgroups, true).directory())
                .isEqualTo(cgroups.resolve("rootbound/monitors"));
    }

    @Test
    void onVersion1ItIsInTheServiceManagersHierarchy() throws IOException {
        Files.createDirectory(cgroups.resolve("systemd"));
        assertThat(MonitorCgroup.of(cgroups, false).directory())
                .isEqualTo(cgroups.resolve("systemd/rootbound/monitors"));
    }

    @Test
    void onVersion1WithoutOneItIsBesideTheContainers() {
        assertThat(MonitorCgroup.of(cgroups, false).directory())
                .isEqualTo(cgroups.resolve("pids/rootbound/monitors"));
    }

    @Test
    @Tag("kernel")
    void aProcessIsMovedThere() throws Exception {
        var mounted = Path.of("/sys/fs/cgroup");
        var process = new ProcessBuilder("sleep", "60").start();
        var of = MonitorCgroup.of(mounted, Files.exists(mounted.resolve("cgroup.controllers")));
        var own = new MonitorCgroup(of.directory().resolveSibling("monitors-test"));
        try {
            own.add(process.pid());
            assertThat(Files.readString(own.directory().resolve("cgroup.procs")))
                    .isEqualTo(process.pid() + "\n");
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(own.directory());
        }
    }
}
