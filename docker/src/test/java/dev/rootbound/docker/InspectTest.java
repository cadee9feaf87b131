package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Health;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(20)
class InspectTest extends ServedEngine {
    private JsonNode ask(String method, String path, String body) throws IOException {
        var answer = RawClient.ask(socket, method, path, body);
        return answer.body().isEmpty() ? Json.object() : Json.parse(answer.body());
    }

    private JsonNode inspect(String body) throws IOException {
        var id = ask("POST", "/containers/create?name=n", body).get("Id").stringValue();
        return ask("GET", "/containers/" + id + "/json", "");
    }

    @Test
    void aPeerWhoIsNobodyIsToldSo() throws IOException {
        engine.strangersOnly = true;
        var answer = RawClient.ask(socket, "GET", "/_ping", "");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("may not use this engine");
    }

    /** Testcontainers refuses an engine that says less than 1.6. */
    @Test
    void theVersionIsOneOfDockersAndTheEnginesOwnIsAComponents() throws IOException {
        var version = ask("GET", "/version", "");
        assertThat(version.get("Version").stringValue()).isEqualTo(ApiVersion.RELEASE);
        assertThat(version.at("/Components/0/Name").stringValue()).isEqualTo("Engine");
        assertThat(version.at("/Components/0/Version").stringValue())
                .isEqualTo(ask("GET", "/info", "").get("ServerVersion").stringValue());
    }

    @Tag("kernel")
    @Test
    void aCallerHasAllItsGroups() throws Exception {
        var client =
                new ProcessBuilder(
                                "setpriv",
                                "--regid=4711",
                                "--groups=5,60000,4294967294",
                                "curl",
                                "-sf",
                                "--unix-socket",
                                socket.toString(),
                                "-d{\"Image\":\"box\"}",
                                "http://d/containers/create")
                        .start();
        assertThat(client.waitFor()).isZero();
        var caller = engine.callers.getLast();
        assertThat(caller.gid()).isEqualTo(4711);
        assertThat(caller.groups()).containsExactly(5L, 60_000L, 4_294_967_294L);
    }

    @Test
    void theLimitsThatWereDecidedAreShown() throws IOException {
        var json =
                inspect(
                        """
                        {"Image":"box","HostConfig":{"MemorySwappiness":0,"MemorySwap":-1,
                        "Annotations":{"a":"b"}}}
                        """);
        assertThat(json.at("/HostConfig/MemorySwappiness").intValue(-1)).isZero();
        assertThat(json.at("/HostConfig/MemorySwap").intValue()).isEqualTo(-1);
        assertThat(json.at("/HostConfig/Annotations/a").stringValue()).isEqualTo("b");
    }

    @Test
    void whatWasAskedIsShownAlsoWhatNobodyUnderstood() throws IOException {
        var json =
                inspect(
                        """
                        {"Image":"box","Cmd":["sleep"],"Novel":{"a":[1]},
                        "HostConfig":{"Memory":67108864,"NovelToo":true}}
                        """);

        assertThat(json.at("/Config/Novel/a/0").intValue()).isEqualTo(1);
        assertThat(json.at("/HostConfig/NovelToo").booleanValue()).isTrue();
        assertThat(json.at("/HostConfig/Memory").intValue()).isEqualTo(67108864);
        assertThat(json.at("/HostConfig/RestartPolicy/Name").stringValue()).isEqualTo("no");
        assertThat(json.get("Name").stringValue()).isEqualTo("/n");
        assertThat(json.at("/Config").has("HostConfig")).isFalse();
    }

    @Test
    void aContainerThatCannotBeRecoveredIsDeadWithItsReason() throws IOException {
        var created = inspect("{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}");
        var box = engine.boxes.get(created.get("Id").stringValue());
        Objects.requireNonNull(box).state = new ContainerState.Dead("its state file is damaged");

        var state = ask("GET", "/containers/n/json", "").get("State");
        assertThat(state.get("Status").stringValue()).isEqualTo("dead");
        assertThat(state.get("Dead").booleanValue()).isTrue();
        assertThat(state.get("Running").booleanValue()).isFalse();
        assertThat(state.get("Error").stringValue()).isEqualTo("its state file is damaged");
        var listed = ask("GET", "/containers/json?all=1", "").get(0);
        assertThat(listed.get("State").stringValue()).isEqualTo("dead");
    }

    @Test
    void aRestartingContainerCountsAsRunning() throws IOException {
        var created = inspect("{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}");
        var box = Objects.requireNonNull(engine.boxes.get(created.get("Id").stringValue()));
        var ended = new ContainerState.Exited(3, false, Instant.EPOCH, Instant.now(), null);
        box.state = new ContainerState.Restarting(ended, Instant.MAX);

        var state = ask("GET", "/containers/n/json", "").get("State");
        assertThat(state.get("Status").stringValue()).isEqualTo("restarting");
        assertThat(state.get("Restarting").booleanValue()).isTrue();
        assertThat(state.get("Running").booleanValue()).isTrue();
        assertThat(state.get("ExitCode").intValue()).isEqualTo(3);
        assertThat(list("").get(0).get("Status").stringValue())
                .isEqualTo("Restarting (3) Less than a second ago");
        assertThat(list("filters={\"status\":[\"restarting\"]}")).hasSize(1);
    }

    @Test
    void healthIsShown() throws IOException {
        var created = inspect("{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}");
        var box = Objects.requireNonNull(engine.boxes.get(created.get("Id").stringValue()));
        assertThat(list("all=1&filters={\"health\":[\"none\"]}")).hasSize(1);
        ask("POST", "/containers/n/start", "");
        box.health = new Health(Health.Status.STARTING, 0, List.of());
        assertThat(list("").get(0).get("Status").stringValue()).endsWith(" (health: starting)");

        var result = new Health.Result(Instant.EPOCH, Instant.EPOCH.plusMillis(5), 1, "no");
        box.health = new Health(Health.Status.UNHEALTHY, 3, List.of(result));
        var health = ask("GET", "/containers/n/json", "").at("/State/Health");
        assertThat(health)
                .hasToString(
                        "{\"Status\":\"unhealthy\",\"FailingStreak\":3,\"Log\":[{\"Start\":"
                                + "\"1970-01-01T00:00:00Z\",\"End\":\"1970-01-01T00:00:00.005Z\","
                                + "\"ExitCode\":1,\"Output\":\"no\"}]}");
        assertThat(list("").get(0).get("Status").stringValue()).endsWith(" (unhealthy)");
        assertThat(list("filters={\"health\":[\"unhealthy\"]}")).hasSize(1);
        assertThat(list("filters={\"health\":[\"healthy\"]}")).isEmpty();
    }

    @Test
    void restartAndRenameAreAsked() throws IOException {
        var id = inspect("{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}").get("Id").stringValue();
        ask("POST", "/containers/n/restart?t=0&signal=INT", "");
        ask("POST", "/containers/n/restart", "");
        ask("POST", "/containers/n/update", "{\"RestartPolicy\":{\"Name\":\"always\"}}");
        assertThat(engine.asked)
                .containsExactly("restart n INT 0", "restart n null null", "policy n ALWAYS");
        var answer = RawClient.ask(socket, "POST", "/containers/n/rename?name=m", "");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(ask("GET", "/containers/m/json", "").get("Id").stringValue()).isEqualTo(id);
        ask("POST", "/containers/m/kill", "");
    }

    @Test
    void aStateShowsOnlyWhatIsTrueInIt() throws IOException {
        var state = inspect("{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}").get("State");
        assertThat(state.get("Status").stringValue()).isEqualTo("created");
        assertThat(state.get("StartedAt").stringValue()).isEqualTo(Timestamps.NEVER);

        ask("POST", "/containers/n/start", "");
        var running = ask("GET", "/containers/n/json", "");
        assertThat(running.at("/State/Running").booleanValue()).isTrue();
        assertThat(running.at("/State/Pid").intValue()).isEqualTo(4711);
        assertThat(running.at("/Rootbound/UidMappings/0/HostID").longValue())
                .isEqualTo(1_879_048_192L);

        ask("POST", "/containers/n/kill", "");
        RawClient.within(Duration.ofSeconds(5), () -> ask("POST", "/containers/n/wait", ""));
        var ended = ask("GET", "/containers/n/json", "").get("State");
        assertThat(ended.get("Status").stringValue()).isEqualTo("exited");
        assertThat(ended.get("ExitCode").intValue()).isEqualTo(137);
        assertThat(ended.get("Pid").intValue()).isZero();
        assertThat(ended.get("FinishedAt").stringValue()).startsWith("20");
    }

    @Test
    void whatFailedToStartIsStillCreatedAndSaysWhy() throws IOException {
        inspect("{\"Image\":\"box\",\"Cmd\":[\"nosuch\"]}");
        ask("POST", "/containers/n/start", "");
        var state = ask("GET", "/containers/n/json", "").get("State");
        assertThat(state.get("Status").stringValue()).isEqualTo("created");
        assertThat(state.get("ExitCode").intValue()).isEqualTo(127);
        assertThat(state.get("Error").stringValue()).contains("executable file not found");
    }

    @Test
    void listsFilter() throws IOException {
        ask("POST", "/containers/create?name=one", "{\"Image\":\"box\",\"Labels\":{\"a\":\"b\"}}");
        ask("POST", "/containers/create?name=two", "{\"Image\":\"box\"}");

        assertThat(list("all=1")).hasSize(2);
        assertThat(list("")).isEmpty();
        assertThat(list("limit=1")).hasSize(1);
        assertThat(list("all=1&filters={\"label\":[\"a=b\"]}")).hasSize(1);
        assertThat(list("all=1&filters={\"name\":{\"^/tw\":true}}")).hasSize(1);
        assertThat(list("filters={\"status\":[\"created\"]}")).hasSize(2);
        assertThat(list("all=1&filters={\"ancestor\":[\"box\"]}")).hasSize(2);
        assertThat(list("all=1&filters={\"ancestor\":[\"none\"]}")).isEmpty();
        assertThat(list("filters={\"kitten\":[\"x\"]}").get("message").stringValue())
                .isEqualTo("invalid filter 'kitten'");
    }

    private JsonNode list(String query) throws IOException {
        var escaped = query.replace("{", "%7B").replace("}", "%7D").replace("\"", "%22");
        return ask("GET", "/containers/json?" + escaped, "");
    }

    @Test
    void theImagesWholeConfigurationIsShown() throws IOException {
        var json = ask("GET", "/images/box/json", "");
        assertThat(json.at("/Config/Future").intValue()).isEqualTo(7);
        assertThat(json.at("/RootFS/Layers/0").stringValue())
                .isEqualTo(FakeEngine.IMAGE.toString());
    }

    @Test
    void olderClientsAreShownTheConfigurationOfAnImagesContainer() throws IOException {
        var old = ask("GET", "/v1.44/images/box/json", "");
        assertThat(old.at("/ContainerConfig/Future").intValue()).isEqualTo(7);
        assertThat(ask("GET", "/v1.45/images/box/json", "").has("ContainerConfig")).isFalse();
        try (var compose = new RawClient(socket)) {
            var request = RawClient.request("GET", "/v1.51/images/box/json", "");
            var agent = "Host: d\r\nUser-Agent: docker-compose/1.29.2 docker-py/5.0.3";
            compose.say(request.replace("Host: d", agent));
            assertThat(compose.answer().body()).contains("\"ContainerConfig\":{");
        }
    }

    @Test
    void errorsOfTheEngineKeepTheirMeaning() throws IOException {
        var create = "{\"Image\":\"box\",\"Cmd\":[\"sleep\"]}";
        RawClient.ask(socket, "POST", "/containers/create?name=n", create);
        assertThat(RawClient.ask(socket, "POST", "/containers/create?name=n", create).status())
                .isEqualTo(409);
        assertThat(RawClient.ask(socket, "POST", "/containers/n/stop", "").status()).isEqualTo(304);
        assertThat(RawClient.ask(socket, "GET", "/containers/no/json", "").status()).isEqualTo(404);
        assertThat(RawClient.ask(socket, "POST", "/containers/n/resize?h=x&w=1", "").status())
                .isEqualTo(400);
        assertThat(RawClient.ask(socket, "POST", "/images/load", "").status()).isEqualTo(400);
    }
}
