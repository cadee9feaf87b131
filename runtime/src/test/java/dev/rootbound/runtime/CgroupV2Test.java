package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On files as the kernel's cgroup-v2.rst describes them: this host has version 1. */
@Timeout(30)
class CgroupV2Test {
    private @TempDir Path directory;
    private CgroupV2 cgroup;

    @BeforeEach
    void files() throws IOException {
        cgroup = new CgroupV2(new CgroupDirectory(directory));
        file("cgroup.procs", "12\n7\n");
        file("cgroup.events", "populated 1\nfrozen 0\n");
        file("cgroup.freeze", "0\n");
        file(
                "cpu.stat",
                """
                usage_usec 5000
                user_usec 3000
                system_usec 2000
                nr_periods 10
                nr_throttled 4
                throttled_usec 900
                nr_bursts 0
                """);
        file("cpu.max", "max 100000\n");
        file("cpu.weight", "100\n");
        file("cpuset.cpus", "\n");
        file("cpuset.mems", "\n");
        file("memory.current", "1048576\n");
        file("memory.max", "max\n");
        file("memory.low", "0\n");
        file("memory.swap.max", "max\n");
        file("memory.stat", "anon 4096\nfile 8192\ninactive_file 100\n");
        file("memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n");
        file("pids.current", "5\n");
        file("pids.max", "max\n");
        file("io.weight", "default 100\n");
        file(
                "io.stat",
                "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n8:0\n");
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String file(String name) throws IOException {
        return Files.readString(directory.resolve(name)).strip();
    }

    @Test
    void countsAreInDockersUnits() throws IOException {
        var stats = cgroup.stats();
        assertThat(stats.cpu())
                .isEqualTo(
                        new CgroupStats.Cpu(
                                5_000_000, List.of(), 3_000_000, 2_000_000, 10, 4, 900_000));
        assertThat(stats.memory().usage()).isEqualTo(1 << 20);
        assertThat(stats.memory().limit()).isEqualTo(Long.MAX_VALUE);
        assertThat(stats.memory().failures()).isEqualTo(3);
        assertThat(stats.memory().fields()).containsEntry("inactive_file", 100L).hasSize(3);
        assertThat(stats.pids()).isEqualTo(new CgroupStats.Pids(5, Long.MAX_VALUE));
        assertThat(stats.ioBytes())
                .containsExactly(
                        new CgroupStats.BlockIo(8, 16, "read", 1459200),
                        new CgroupStats.BlockIo(8, 16, "write", 314773504));
        assertThat(cgroup.oomKills()).isEqualTo(2);
    }

    @Test
    void controllersThatAreNotEnabledHaveCountedNothing() throws IOException {
        for (var name : List.of("io.stat", "memory.current", "memory.stat", "pids.current")) {
            Files.delete(directory.resolve(name));
        }
        var stats = cgroup.stats();
        assertThat(stats.ioBytes()).isEmpty();
        assertThat(stats.memory().usage()).isZero();
        assertThat(stats.pids().current()).isZero();
    }

    @Test
    void limitsAreInTheKernelsUnits() throws IOException {
        var limits =
                new Resources(
                        64 << 20,
                        32 << 20,
                        96 << 20,
                        null,
                        500_000_000,
                        1024,
                        0,
                        0,
                        "0-1",
                        "0",
                        7,
                        1000,
                        false);
        assertThat(cgroup.update(limits)).isEmpty();
        assertThat(file("memory.max")).isEqualTo("67108864");
        assertThat(file("memory.swap.max")).isEqualTo("33554432");
        assertThat(file("memory.low")).isEqualTo("33554432");
        assertThat(file("cpu.max")).isEqualTo("50000 100000");
        assertThat(file("cpu.weight")).isEqualTo("39");
        assertThat(file("cpuset.cpus")).isEqualTo("0-1");
        assertThat(file("cpuset.mems")).isEqualTo("0");
        assertThat(file("pids.max")).isEqualTo("7");
        assertThat(file("io.weight")).isEqualTo("10000");
    }

    @Test
    void whatIsNotAskedForStays() throws IOException {
        assertThat(cgroup.update(Resources.DEFAULT)).isEmpty();
        assertThat(file("memory.max")).isEqualTo("max");
        assertThat(file("cpu.max")).isEqualTo("max 100000");
        var quota = new Resources(0, 0, -1, null, 0, 0, 0, 20_000, "", "", -1, 0, false);
        assertThat(cgroup.update(quota)).isEmpty();
        assertThat(file("cpu.max")).isEqualTo("20000 100000");
        assertThat(file("memory.swap.max")).isEqualTo("max");
        assertThat(file("pids.max")).isEqualTo("max");
    }

    @Test
    void whatTheKernelHasNoMeansForIsSaid() throws IOException {
        Files.delete(directory.resolve("memory.swap.max"));
        Files.delete(directory.resolve("io.weight"));
        var limits = new Resources(64 << 20, 0, 96 << 20, null, 0, 0, 0, 0, "", "", 0, 10, false);
        assertThat(cgroup.update(limits)).containsExactly(Discarded.SWAP, Discarded.WEIGHT);
        assertThat(file("memory.max")).isEqualTo("67108864");
    }

    @Test
    void anUpdateThatFailsChangesNothing() throws IOException {
        Files.delete(directory.resolve("pids.max"));
        var limits = new Resources(64 << 20, 0, 0, null, 0, 1024, 0, 0, "", "", 7, 0, false);
        assertThatThrownBy(() -> cgroup.update(limits))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("pids.max");
        assertThat(file("memory.max")).isEqualTo("max");
        assertThat(file("cpu.weight")).isEqualTo("100");
    }

    @ParameterizedTest
    @CsvSource({"2,1", "1024,39", "262144,10000", "1,1", "999999,10000"})
    void sharesBecomeWeights(long shares, long weight) {
        assertThat(CgroupV2Update.cpuWeight(shares)).isEqualTo(weight);
    }

    @Test
    void aFreezeReturnsWhenAllIsFrozen() throws Exception {
        var kernel =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (!file("cgroup.freeze").equals("1")) {
                                    Thread.sleep(1);
                                }
                                Thread.sleep(20);
                                file("cgroup.events", "populated 1\nfrozen 1\n");
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        cgroup.freeze();
        assertThat(cgroup.isFrozen()).isTrue();
        kernel.join();
        cgroup.thaw();
        assertThat(file("cgroup.freeze")).isEqualTo("0");
    }

    @Test
    void aFreezeThatIsInterruptedIsTakenBack() throws Exception {
        var freezing = Thread.currentThread();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        Thread.sleep(50);
                        freezing.interrupt();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        assertThatThrownBy(cgroup::freeze).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(file("cgroup.freeze")).isEqualTo("0");
    }

    @Test
    void processesOfCgroupsBelowAreItsOwn() throws IOException {
        Files.createDirectory(directory.resolve("below"));
        file("below/cgroup.procs", "99\n");
        assertThat(cgroup.processes()).containsExactly(12L, 7L, 99L);
    }
}
