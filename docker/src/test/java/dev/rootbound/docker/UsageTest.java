package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.runtime.Resources;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class UsageTest extends ServedEngine {
    @BeforeEach
    void create() throws IOException {
        ask("POST", "/containers/create?name=n", "{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}");
    }

    private RawClient.Answer raw(String method, String path, String body) throws IOException {
        return RawClient.ask(socket, method, path, body);
    }

    private JsonNode ask(String method, String path, String body) throws IOException {
        return Json.parse(raw(method, path, body).body());
    }

    private void start() throws IOException {
        assertThat(raw("POST", "/containers/n/start", "").status()).isEqualTo(204);
    }

    @Test
    void aPausedContainerRunsAndIsPaused() throws IOException {
        assertThat(raw("POST", "/containers/n/pause", "").status()).isEqualTo(409);
        start();
        assertThat(raw("POST", "/containers/n/pause", "").status()).isEqualTo(204);
        var state = ask("GET", "/containers/n/json", "").get("State");
        assertThat(state.get("Status").stringValue()).isEqualTo("paused");
        assertThat(state.get("Running").booleanValue()).isTrue();
        assertThat(state.get("Paused").booleanValue()).isTrue();
        assertThat(state.get("Pid").intValue()).isEqualTo(4711);
        var listed = ask("GET", "/containers/json?filters=%7B%22status%22:[%22paused%22]%7D", "");
        assertThat(listed.get(0).get("State").stringValue()).isEqualTo("paused");
        assertThat(listed.get(0).get("Status").stringValue())
                .startsWith("Up ")
                .endsWith(" (Paused)");
        assertThat(raw("POST", "/containers/n/unpause", "").status()).isEqualTo(204);
        assertThat(ask("GET", "/containers/n/json", "").at("/State/Status").stringValue())
                .isEqualTo("running");
    }

    @Test
    void anUpdateChangesWhatItNames() throws IOException {
        var body = "{\"Memory\":67108864,\"NanoCpus\":500000000,\"PidsLimit\":7,\"BlkioWeight\":0}";
        var answer = ask("POST", "/containers/n/update", body);
        assertThat(answer.get("Warnings").isNull()).isTrue();
        assertThat(engine.usage.updates)
                .containsExactly(
                        new Resources(
                                67108864, 0, 0, null, 500000000, 0, 0, 0, "", "", 7, 0, false));
        assertThat(
                        ask("POST", "/containers/n/update", "{\"BlkioWeight\":10}")
                                .at("/Warnings/0")
                                .stringValue())
                .isEqualTo("Weight discarded.");
    }

    @Test
    void anUpdateOfWhatCannotBeChangedIsRefusedByItsName() throws IOException {
        var devices = "{\"Devices\":[{\"PathOnHost\":\"/dev/null\"}]}";
        var refused = raw("POST", "/containers/n/update", devices);
        assertThat(refused.status()).isEqualTo(501);
        assertThat(refused.body()).contains("Devices");
        assertThat(engine.usage.updates).isEmpty();
    }

    @Test
    void twoSamplesMakeOneAnswer() throws IOException {
        start();
        var stats = ask("GET", "/containers/n/stats?stream=0", "");
        assertThat(stats.get("name").stringValue()).isEqualTo("/n");
        assertThat(stats.at("/cpu_stats/cpu_usage/total_usage").longValue())
                .isEqualTo(1_000_000_000L);
        assertThat(stats.at("/precpu_stats/cpu_usage/total_usage").longValue())
                .isEqualTo(500_000_000L);
        assertThat(stats.at("/cpu_stats/system_cpu_usage").longValue()).isEqualTo(4_000_000_000L);
        assertThat(stats.at("/cpu_stats/online_cpus").intValue()).isEqualTo(2);
        assertThat(stats.at("/cpu_stats/throttling_data/throttled_time").intValue()).isEqualTo(9);
        assertThat(stats.at("/memory_stats/limit").longValue()).isEqualTo(1L << 30);
        assertThat(stats.at("/memory_stats/stats/total_inactive_file").longValue())
                .isEqualTo(10L << 20);
        assertThat(stats.at("/pids_stats/limit").intValue()).isEqualTo(4096);
        assertThat(stats.at("/blkio_stats/io_service_bytes_recursive/0/op").stringValue())
                .isEqualTo("read");
        assertThat(stats.at("/networks/eth0/rx_dropped").intValue()).isEqualTo(2);
        assertThat(stats.get("preread").stringValue()).startsWith("20");
    }

    @Test
    void oneShotAnswersAtOnceWithoutASampleBefore() throws IOException {
        start();
        var stats = ask("GET", "/containers/n/stats?stream=0&one-shot=1", "");
        assertThat(stats.at("/precpu_stats/cpu_usage/total_usage").longValue()).isZero();
        assertThat(stats.get("preread").stringValue()).isEqualTo(Timestamps.NEVER);
        assertThat(raw("GET", "/containers/n/stats?stream=1&one-shot=1", "").status())
                .isEqualTo(400);
    }

    @Test
    void whatDoesNotRunHasUsedNothing() throws IOException {
        var stats = ask("GET", "/containers/n/stats?stream=0", "");
        assertThat(stats.get("read").stringValue()).isEqualTo(Timestamps.NEVER);
        assertThat(stats.get("memory_stats")).isEmpty();
        assertThat(stats.get("pids_stats")).isEmpty();
        assertThat(stats.at("/cpu_stats/cpu_usage/total_usage").longValue()).isZero();
        assertThat(stats.has("networks")).isFalse();
    }

    @Test
    void aStreamEndsWhenItsContainerIsDeleted() throws Exception {
        start();
        var ends =
                new Thread(() -> {
                    try {
                        Thread.sleep(1200);
                        raw("DELETE", "/containers/n?force=1", "");
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        ends.start();
        var lines = raw("GET", "/containers/n/stats", "").body().lines().toList();
        assertThat(lines.size()).isBetween(2, 4);
        assertThat(Json.parse(lines.get(1)).at("/precpu_stats/online_cpus").intValue())
                .isEqualTo(2);
        ends.join();
    }

    @Test
    void aTableOfProcessesHasAPidColumn() throws IOException {
        start();
        var top = ask("GET", "/containers/n/top?ps_args=aux", "");
        assertThat(top.at("/Titles/0").stringValue()).isEqualTo("PID");
        assertThat(top.at("/Processes/0/1").stringValue()).isEqualTo("sleep aux");
        assertThat(raw("GET", "/containers/n/top?ps_args=-o%20comm", "").status()).isEqualTo(500);
    }
}
