package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What /proc says, in texts as the kernel writes them. */
class ProcessReadingTest {
    @Test
    void aProcessMayCallItselfAnything() {
        var stat =
                "42 (a) b (c\n) S 1 42 41 34817 42 4194304 1 2 3 4 500 60 7 8 20 -5 3 0 12345"
                        + " 8192000 77 18446744073709551615 0 0";
        var status = "Name:\tx\nUid:\t1\t1879048192\t1\t1\nGid:\t2\t7\t2\t2\nVmRSS:\t  308 kB\n";
        var facts = ProcessFacts.parse(stat, status, "sh\0-c\0\033[2J\0");
        assertThat(facts.pid()).isEqualTo(42);
        assertThat(facts.name()).isEqualTo("a) b (c?");
        assertThat(facts.command()).isEqualTo("sh -c ?[2J");
        assertThat(facts.parent()).isEqualTo(1);
        assertThat(facts.session()).isEqualTo(41);
        assertThat(facts.terminal()).isEqualTo(34817);
        assertThat(facts.uid()).isEqualTo(1_879_048_192L);
        assertThat(facts.gid()).isEqualTo(7);
        assertThat(facts.userTicks()).isEqualTo(500);
        assertThat(facts.systemTicks()).isEqualTo(60);
        assertThat(facts.nice()).isEqualTo(-5);
        assertThat(facts.threads()).isEqualTo(3);
        assertThat(facts.startTicks()).isEqualTo(12345);
        assertThat(facts.virtualBytes()).isEqualTo(8192000);
        assertThat(facts.residentBytes()).isEqualTo(308 * 1024);
    }

    @Test
    void thisProcessIsRead() throws IOException {
        var facts = ProcessFacts.of(ProcessHandle.current().pid()).orElseThrow();
        assertThat(facts.command()).contains("java");
        assertThat(facts.residentBytes()).isPositive();
        assertThat(ProcessFacts.of(0x7fff_fff0L)).isEmpty();
    }

    @Test
    void theHostsTimeIsTheSumOfSevenFields() {
        var cpu =
                HostCpu.parse(
                        List.of(
                                "cpu  1 2 3 4 5 6 7 100 100 100",
                                "cpu0 1 1 1 1 1 1 1 1 1 1",
                                "cpu1 0 1 2 3 4 5 6 7 8 9",
                                "intr 5 6"));
        assertThat(cpu).isEqualTo(new HostCpu(280_000_000, 2));
    }

    @Test
    void interfacesAreCountedWithoutLoopback() {
        var counters =
                NetworkCounters.parse(
                        List.of(
                                "Inter-|   Receive                                                |  Transmit",
                                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
                                "    lo: 5 5 0 0 0 0 0 0 5 5 0 0 0 0 0 0",
                                "  eth0:1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0"));
        assertThat(counters)
                .containsOnlyKeys("eth0")
                .containsEntry(
                        "eth0",
                        new NetworkCounters(
                                new NetworkCounters.Direction(1000, 10, 1, 2),
                                new NetworkCounters.Direction(2000, 20, 3, 4)));
    }
}
