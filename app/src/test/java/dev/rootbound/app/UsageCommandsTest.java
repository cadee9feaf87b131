package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** pause, unpause, update, stats and top. */
@Timeout(20)
class UsageCommandsTest extends EngineOfTest {
    private static final String STATS =
            """
            {"id":"0123456789abcdef","name":"/web",
            "cpu_stats":{"cpu_usage":{"total_usage":300},"system_cpu_usage":4000,"online_cpus":2},
            "precpu_stats":{"cpu_usage":{"total_usage":100},"system_cpu_usage":2000},
            "memory_stats":{"usage":3145728,"limit":10485760,"stats":{"total_inactive_file":1048576}},
            "networks":{"a":{"rx_bytes":1000,"tx_bytes":1},"b":{"rx_bytes":500,"tx_bytes":1}},
            "blkio_stats":{"io_service_bytes_recursive":[{"op":"Read","value":4096},
            {"op":"write","value":10},{"op":"sync","value":99}]},"pids_stats":{"current":3}}\
            """;

    @Test
    void pauseAndUnpausePrintTheNames() {
        engine.on("POST /containers/a/pause", 204, "").on("POST /containers/b/pause", 204, "");
        engine.on("POST /containers/a/unpause", 409, "{\"message\":\"Container a is not paused\"}");
        assertThat(Run.of(engine, "pause", "a", "b").out()).isEqualTo("a\nb\n");
        var refused = Run.of(engine, "container", "unpause", "a");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("Container a is not paused");
    }

    @Test
    void anUpdateSendsWhatWasGiven() {
        engine.on("POST /containers/a/update", 200, "{\"Warnings\":[\"discarded\"]}");
        var run =
                Run.of(
                        engine,
                        "update",
                        "-m",
                        "64m",
                        "--memory-swap=-1",
                        "--cpus",
                        "1.5",
                        "--pids-limit",
                        "7",
                        "--restart",
                        "on-failure:3",
                        "a");
        assertThat(run.out()).isEqualTo("a\n");
        assertThat(run.err()).isEqualTo("WARNING: discarded\n");
        assertThat(engine.bodies.getLast())
                .isEqualTo(
                        "{\"Memory\":67108864,\"MemorySwap\":-1,\"NanoCpus\":1500000000,"
                                + "\"PidsLimit\":7,\"RestartPolicy\":{\"Name\":\"on-failure\","
                                + "\"MaximumRetryCount\":3}}");
        var nothing = Run.of(engine, "update", "a");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).contains("you must provide one or more flags");
    }

    @Test
    void statisticsAreDockersColumns() {
        engine.on("GET /containers/web/stats", 200, STATS);
        var run = Run.of(engine, "stats", "--no-stream", "web");
        assertThat(run.out())
                .isEqualTo(
                        """
                        CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O      BLOCK I/O     PIDS
                        0123456789ab   web       20.00%    2MiB / 10MiB        20.00%    1.5kB / 2B   4.1kB / 10B   3
                        """);
        assertThat(Run.of(engine, "stats", "--no-stream", "--format", "json", "web").out())
                .isEqualTo(
                        "{\"BlockIO\":\"4.1kB / 10B\",\"CPUPerc\":\"20.00%\",\"Container\":\"0123456789ab\","
                                + "\"ID\":\"0123456789ab\",\"MemPerc\":\"20.00%\",\"MemUsage\":\"2MiB / 10MiB\","
                                + "\"Name\":\"web\",\"NetIO\":\"1.5kB / 2B\",\"PIDs\":\"3\"}\n");
    }

    @Test
    void statisticsOfAllThatRunLeaveOutWhatIsGone() {
        engine.on("GET /containers/json", 200, "[{\"Id\":\"web\"},{\"Id\":\"gone\"}]");
        engine.on("GET /containers/web/stats", 200, STATS);
        engine.on("GET /containers/gone/stats", 404, "{\"message\":\"No such container: gone\"}");
        var run = Run.of(engine, "stats", "--no-stream", "--no-trunc");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out()).contains("0123456789abcdef ");
        var named = Run.of(engine, "stats", "--no-stream", "gone");
        assertThat(named.code()).isEqualTo(1);
        assertThat(named.err()).contains("No such container: gone");
    }

    @Test
    void aTableOfProcessesIsPrinted() {
        engine.on(
                "GET /containers/a/top",
                200,
                "{\"Titles\":[\"PID\",\"CMD\"],\"Processes\":[[\"12\",\"sleep a  b\"]]}");
        var run = Run.of(engine, "top", "a", "-o", "pid,cmd");
        assertThat(run.out())
                .isEqualTo("PID                 CMD\n12                  sleep a  b\n");
        assertThat(engine.requests.getLast()).contains("ps_args=-o%20pid,cmd");
    }
}
