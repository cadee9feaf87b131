package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.docker.DockerApi;
import dev.rootbound.engine.Engine;
import dev.rootbound.systemtests.Ask.Thing;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What one tenant has does not exist for another, whatever is asked: every endpoint that there is
 * is asked for it, by each of its names, and answers as for a thing that is not there. An endpoint
 * without a line here fails the test.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IsolationTest {
    private static final String ASKS =
            """
            GET /_ping NONE
            HEAD /_ping NONE
            GET /version NONE
            GET /info NONE
            GET /containers/json NONE ?all=1&size=1
            GET /containers/json CONTAINER ?all=1&filters={"id":["@"]}
            GET /containers/json CONTAINER ?all=1&filters={"name":["@"]}
            GET /containers/json CONTAINER ?all=1&filters={"before":["@"]}
            GET /containers/json CONTAINER ?all=1&filters={"since":["@"]}
            GET /containers/json IMAGE ?all=1&filters={"ancestor":["@"]}
            GET /containers/json VOLUME ?all=1&filters={"volume":["@"]}
            GET /containers/json NETWORK ?all=1&filters={"network":["@"]}
            GET /containers/json NONE ?all=1&filters={"tenant":["*"]}
            GET /containers/json NONE ?all=1&filters={"tenant":["0"]}
            GET /containers/{id*}/json CONTAINER
            GET /containers/{id*}/json CONTAINER ?size=1
            POST /containers/{id*}/start CONTAINER
            POST /containers/{id*}/wait CONTAINER
            POST /containers/{id*}/resize CONTAINER ?h=9&w=9
            POST /containers/{id*}/stop CONTAINER ?t=0
            POST /containers/{id*}/restart CONTAINER ?t=0
            POST /containers/{id*}/rename CONTAINER ?name=other
            POST /containers/{id*}/kill CONTAINER
            DELETE /containers/{id*} CONTAINER
            DELETE /containers/{id*} CONTAINER ?force=1&v=1
            POST /containers/{id*}/attach CONTAINER ?stream=1&stdout=1&logs=1
            GET /containers/{id*}/attach/ws CONTAINER ?stream=1&stdout=1
            GET /containers/{id*}/logs CONTAINER ?stdout=1&stderr=1
            GET /containers/{id*}/stats CONTAINER ?stream=0
            GET /containers/{id*}/top CONTAINER
            GET /containers/{id*}/changes CONTAINER
            GET /containers/{id*}/export CONTAINER
            HEAD /containers/{id*}/archive CONTAINER ?path=/etc
            GET /containers/{id*}/archive CONTAINER ?path=/etc
            PUT /containers/{id*}/archive CONTAINER ?path=/
            POST /containers/{id*}/pause CONTAINER
            POST /containers/{id*}/unpause CONTAINER
            POST /containers/{id*}/update CONTAINER {"Memory":99999999}
            POST /containers/{id*}/update CONTAINER {"RestartPolicy":{"Name":"always"}}
            POST /containers/{id*}/exec CONTAINER {"Cmd":["true"]}
            POST /exec/{id}/start EXEC {"Detach":true}
            POST /exec/{id}/start EXEC {}
            POST /exec/{id}/resize EXEC ?h=9&w=9
            GET /exec/{id}/json EXEC
            POST /commit CONTAINER ?container=@&repo=mine
            POST /build NONE
            GET /images/json NONE ?all=1
            GET /images/json IMAGE ?filters={"before":["@"]}
            GET /images/json IMAGE ?filters={"since":["@"]}
            GET /images/json IMAGE ?filters={"reference":["@"]}
            GET /images/{name+}/json IMAGE
            GET /images/{name+}/history IMAGE
            GET /images/{name+}/get IMAGE
            GET /images/get IMAGE ?names=@
            GET /rootbound/images/{name+}/verify IMAGE
            GET /rootbound/containers/{id*}/evidence CONTAINER
            POST /rootbound/containers/{id*}/attack CONTAINER
            GET /rootbound/evidence NONE
            GET /rootbound/policy NONE
            GET /rootbound/policy NONE ?user=root
            POST /rootbound/policy/test IMAGE {"Image":"@"}
            POST /rootbound/policy/test CONTAINER {"Image":"rootbound/busybox","HostConfig":{"VolumesFrom":["@"]}}
            GET /rootbound/ids NONE
            GET /rootbound/who NONE ?uid=1879048192
            GET /rootbound/evidence NONE ?tenant=*
            GET /rootbound/ids NONE ?tenant=0
            POST /images/{name+}/tag IMAGE ?repo=mine
            POST /images/{name+}/push IMAGE ?tag=1
            POST /images/{name+}/push IMAGE
            DELETE /images/{name+} IMAGE
            DELETE /images/{name+} IMAGE ?force=1
            POST /images/create IMAGE_NAME ?fromImage=@
            GET /distribution/{name+}/json IMAGE_NAME
            POST /images/load NONE
            POST /auth NONE {"serveraddress":"localhost:1"}
            GET /volumes NONE
            GET /volumes VOLUME ?filters={"name":["@"]}
            GET /volumes/{name} VOLUME
            DELETE /volumes/{name} VOLUME
            DELETE /volumes/{name} VOLUME ?force=1
            GET /networks NONE
            GET /networks NETWORK ?filters={"id":["@"]}
            GET /networks NETWORK ?filters={"name":["@"]}
            GET /networks/{id} NETWORK
            GET /networks/{id} NETWORK ?verbose=1
            DELETE /networks/{id} NETWORK
            POST /networks/create NONE {"Name":"bridge"}
            POST /networks/{id}/connect NETWORK {"Container":"none"}
            POST /networks/{id}/disconnect NETWORK {"Container":"none"}
            POST /networks/{id}/disconnect NETWORK {"Container":"none","Force":true}
            GET /system/df NONE
            POST /containers/prune NONE
            POST /images/prune NONE ?filters={"dangling":["false"]}
            POST /volumes/prune NONE ?filters={"all":["true"]}
            POST /networks/prune NONE
            POST /build/prune NONE
            POST /rootbound/build/cache/save NONE {"steps":[]}
            POST /rootbound/build/cache/push NONE ?ref=localhost:1/mine {"steps":[]}
            POST /containers/create IMAGE {"Image":"@"}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"VolumesFrom":["@"]}}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"NetworkMode":"container:@"}}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"IpcMode":"container:@"}}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"PidMode":"container:@"}}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"UsernsMode":"container:@"}}
            POST /containers/create CONTAINER {"Image":"rootbound/busybox","HostConfig":{"Links":["@"]}}
            POST /containers/create NETWORK {"Image":"rootbound/busybox","HostConfig":{"NetworkMode":"@"}}
            POST /containers/create NETWORK {"Image":"rootbound/busybox","NetworkingConfig":{"EndpointsConfig":{"@":{}}}}
            POST /volumes/create NONE {"Name":"mine"}
            GET /events NONE ?since=0&until=NOW
            GET /events CONTAINER ?since=0&until=NOW&filters={"container":["@"]}
            GET /events NETWORK ?since=0&until=NOW&filters={"network":["@"]}
            GET /events VOLUME ?since=0&until=NOW&filters={"volume":["@"]}
            GET /events IMAGE ?since=0&until=NOW&filters={"image":["@"]}
            """;

    /** What is not built, or never will be, tells nothing either. */
    private static final String UNBUILT =
            """
            GET /containers/{id}/checkpoints CONTAINER
            POST /containers/{id}/checkpoints CONTAINER
            DELETE /containers/{id}/checkpoints/{checkpoint} CONTAINER
            POST /build/cancel NONE
            GET /images/search NONE ?term=secret
            GET /images/{name+}/attestations IMAGE
            PUT /volumes/{name} VOLUME
            GET /plugins NONE
            GET /plugins/privileges NONE
            POST /plugins/pull NONE
            POST /plugins/create NONE
            GET /plugins/{name+}/json IMAGE
            DELETE /plugins/{name+} IMAGE
            POST /plugins/{name+}/enable IMAGE
            POST /plugins/{name+}/disable IMAGE
            POST /plugins/{name+}/upgrade IMAGE
            POST /plugins/{name+}/push IMAGE
            POST /plugins/{name+}/set IMAGE
            POST /session NONE
            POST /grpc NONE
            """;

    private static final List<Ask> ALL =
            Stream.of(Ask.parse(UNBUILT), swarm(), Ask.parse(ASKS)).flatMap(all -> all).toList();

    private static final int ASKED = 150;

    private final Path directory = Daemon.directory();
    private final Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");
    private final TestUsers users = new TestUsers(daemon, 2);
    private final UserRelay owner = new UserRelay(directory, users.name(0), daemon);
    private final UserRelay stranger = new UserRelay(directory, users.name(1), daemon);
    private final Belongings secrets = new Belongings(users.docker(0), owner.api(), directory);

    @AfterAll
    void end() {
        for (int user = 0; user < 2; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-fv", id));
        }
        owner.close();
        stranger.close();
        daemon.close();
        users.close();
    }

    @Test
    void everyEndpointIsAskedFor() {
        var asked = ALL.stream().map(Ask::route).collect(toSet());
        assertThat(endpoints()).hasSizeGreaterThan(100).isSubsetOf(asked);
        assertThat(asked).as("asked for, but not there").isSubsetOf(endpoints());
    }

    private static Stream<Ask> swarm() {
        return Stream.of("swarm", "nodes", "services", "tasks", "secrets", "configs")
                .flatMap(family ->
                        Stream.of("/" + family + " NONE", "/" + family + "/{rest+} CONTAINER"))
                .flatMap(path -> Stream.of("GET ", "POST ", "DELETE ").map(method -> method + path))
                .flatMap(Ask::parse);
    }

    /** From the code. */
    private static Set<String> endpoints() {
        var none =
                (Engine)
                        Proxy.newProxyInstance(
                                Engine.class.getClassLoader(),
                                new Class<?>[] {Engine.class},
                                (_, method, _) -> {
                                    throw new AssertionError(method + " is called");
                                });
        return new TreeSet<>(DockerApi.endpoints(none));
    }

    @Test
    void whatAUserHasIsNotThereForAnother() {
        secrets.names().forEach((thing, names) -> assertThat(names).as("of " + thing).isNotEmpty());
        var before = secrets.world();
        var begin = Instant.now();
        walk(stranger.api(), ALL, secrets.names());
        assertThat(secrets.world()).isEqualTo(before);
        assertThat(secrets.eventsSince(begin)).isEmpty();
    }

    @Test
    void itIsNotThereForRootEitherUnlessItIsNamedInFull() {
        var before = secrets.world();
        var begin = Instant.now();
        // whose an id is, is about the whole host when root asks
        var wide = Set.of("GET /rootbound/who");
        var narrow =
                ALL.stream()
                        .filter(ask -> !ask.query().contains("tenant"))
                        .filter(ask -> !wide.contains(ask.route()))
                        .toList();
        walk(daemon.api(), narrow, secrets.namesThatRootDoesNotHave());
        assertThat(secrets.world()).isEqualTo(before);
        assertThat(secrets.eventsSince(begin)).isEmpty();
        assertThat(daemon.docker().run("ps", "-aq").ok().out()).isEmpty();
    }

    @Test
    void nobodyBuildsOnWhatAnotherHas() throws IOException {
        for (var text : List.of("FROM @\n", "FROM scratch\nCOPY --from=@ / /\n")) {
            for (var name : secrets.names().getOrDefault(Thing.IMAGE, Map.of()).entrySet()) {
                var told = built(text, name.getKey());
                assertThat(told).doesNotContain(secrets.marks()).contains("\"error\"");
                assertThat(told).isEqualTo(built(text, name.getValue()));
            }
        }
    }

    private String built(String dockerfile, String name) throws IOException {
        var context = BuildContext.tar(Map.of("Dockerfile", dockerfile.replace("@", name)));
        var said = stranger.api().ask("POST", "/build", "application/x-tar", context).text();
        return plain(said, name);
    }

    @Test
    void nobodyConnectsToWhatAnotherHas() {
        var before = secrets.world();
        var docker = users.docker(1);
        docker.run("create", "--name", "mine", "rootbound/busybox").ok();
        docker.run("network", "create", "mine").ok();
        for (var way : List.of("connect", "disconnect")) {
            var route = "POST /networks/{id}/" + way;
            var mine = new Ask(route, Thing.NETWORK, "", "{\"Container\":\"mine\",\"Force\":true}");
            walk(stranger.api(), List.of(mine), secrets.names());
            var theirs = "{\"Container\":\"@\",\"Force\":true}";
            var to = new Ask("POST /networks/mine/" + way, Thing.CONTAINER, "", theirs);
            walk(stranger.api(), List.of(to), secrets.names());
        }
        docker.run("rm", "mine").ok();
        docker.run("network", "rm", "mine").ok();
        assertThat(secrets.world()).isEqualTo(before);
    }

    private void walk(EngineApi api, List<Ask> asks, Map<Thing, Map<String, String>> names) {
        for (var ask : asks) {
            names.getOrDefault(ask.thing(), Map.of())
                    .forEach((real, absent) -> compare(api, ask, real, absent));
        }
    }

    private void compare(EngineApi api, Ask ask, String real, String absent) {
        var what = ask + " of " + real;
        var told = ask.of(api, real);
        var seen = plain(told.text(), real);
        assertThat(seen).as(what).doesNotContain(secrets.marks());
        if (real.isEmpty()) return;
        var missing = ask.of(api, absent);
        assertThat(told.status()).as(what + ": " + told.text()).isEqualTo(missing.status());
        assertThat(seen).as(what).isEqualTo(plain(missing.text(), absent));
    }

    /** Without what was asked for, and without what is fresh in each answer. */
    private static String plain(String answer, String name) {
        var text = answer;
        if (!name.isEmpty()) {
            var repository = name.replaceFirst("[:@][^/]*$", "");
            var path = repository.replaceFirst("^[^/]*/", ""); // as a registry is asked for it
            text = text.replace(name, "@").replace(repository, "@");
            text = text.replace("/v2/" + path + "/", "/v2/@/");
        }
        return text.replaceAll("[0-9a-f]{12,}", "HEX")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME");
    }

    @Test
    void rootSeesTheOthersWhenItAsksForThem() {
        var user = users.name(0);
        var root = new Cli("root", List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address()));
        var shown = root.run("ps", "-a", "--all-tenants").ok().out();
        assertThat(shown).startsWith("TENANT").contains(user, Belongings.CONTAINER, "secret-old");
        assertThat(root.run("ps", "-a").ok().out()).doesNotContain("TENANT", "secret");
        var ids = List.of("ps", "-aq", "--no-trunc", "--filter");
        for (var tenant : List.of(user, Long.toString(users.uid(0)), "*")) {
            assertThat(daemon.docker().run(line(ids, "tenant=" + tenant)).ok().out())
                    .as(tenant)
                    .contains(secrets.fullId());
        }
        assertThat(daemon.docker().run(line(ids, "tenant=" + users.name(1))).ok().out()).isEmpty();
        assertThat(daemon.docker().run(line(ids, "tenant=nobodyhere")).ended(1).err())
                .contains("no user nobodyhere");
    }

    @Test
    void whoIsNotRootSeesItselfOnly() {
        var own = users.docker(0).run("ps", "-q", "--no-trunc", "-f", "tenant=" + users.uid(0));
        assertThat(own.ok().out()).isEqualTo(secrets.fullId());
        for (var asked : List.of("*", "0", "root", users.name(0), "nobodyhere")) {
            var refused = users.docker(1).run("ps", "-aq", "--filter", "tenant=" + asked).ended(1);
            assertThat(refused.err()).contains("tenant=" + asked + ": only root of this host");
        }
    }

    private static String[] line(List<String> words, String last) {
        return Stream.concat(words.stream(), Stream.of(last)).toArray(String[]::new);
    }

    @Test
    @Order(Integer.MAX_VALUE) // it takes the container away
    void rootNamesAnothersContainerInFullAndLeavesTheOthersAlone() throws IOException {
        var root = daemon.docker();
        var begin = secrets.world();
        root.run("create", "rootbound/busybox").ok();
        for (var id : root.run("ps", "-aq").ok().out().lines().toList()) {
            root.run("rm", "-f", id).ok();
        }
        root.run("system", "prune", "-af", "--volumes").ok();
        assertThat(secrets.world()).isEqualTo(begin);

        for (var name :
                List.of(
                        secrets.fullId(),
                        users.name(0) + "/" + Belongings.CONTAINER,
                        users.uid(0) + "/" + Belongings.CONTAINER)) {
            assertThat(root.inspect(name).get("Id").asString()).isEqualTo(secrets.fullId());
            assertThat(root.run("exec", name, "cat", "/data/file").ok().out())
                    .isEqualTo(Belongings.CONTENT);
            assertThat(root.run("cp", name + ":/etc/passwd", "-").ok().out()).contains("root");
            root.run("restart", "-t", "0", name).ok();
            assertThat(root.run("top", name).ok().out()).contains("sleep");
        }
        var from = "\"VolumesFrom\":[\"" + secrets.fullId() + "\"]";
        var create = "{\"Image\":\"rootbound/busybox\",\"HostConfig\":{" + from + "}}";
        var volumes = daemon.api().post("/containers/create", create);
        assertThat(volumes.text()).contains("No such container: " + secrets.fullId());
        assertThat(root.run("commit", secrets.fullId()).ended(1).err()).contains("as that user");
        root.run("rm", "-f", users.name(0) + "/" + Belongings.CONTAINER).ok();
        assertThat(users.docker(0).run("ps", "-q").ok().out()).isEmpty();
    }

    @Test
    @Order(Integer.MAX_VALUE - 1) // it makes events of such names
    void aNameThatAnotherHasIsFree() {
        var docker = users.docker(1);
        docker.run("volume", "create", Belongings.VOLUME).ok();
        var read = "cat /v/* 2>/dev/null; ls /v";
        var ran =
                docker.run(
                        "run",
                        "--name",
                        Belongings.CONTAINER,
                        "-v",
                        Belongings.VOLUME + ":/v",
                        "rootbound/busybox",
                        "sh",
                        "-c",
                        read);
        assertThat(ran.ok().out()).isEmpty();
        docker.run("network", "create", Belongings.NETWORK).ok();
        docker.run("tag", "rootbound/busybox", Belongings.IMAGE).ok();
        var own = docker.inspect(Belongings.CONTAINER).get("Id").asString();
        assertThat(own)
                .isNotEqualTo(users.docker(0).inspect(Belongings.CONTAINER).get("Id").asString());
        docker.run("rm", Belongings.CONTAINER).ok();
        docker.run("volume", "rm", Belongings.VOLUME).ok();
        docker.run("network", "rm", Belongings.NETWORK).ok();
        docker.run("rmi", Belongings.IMAGE).ok();
        assertThat(
                        users.docker(0)
                                .run("exec", Belongings.CONTAINER, "cat", "/data/file")
                                .ok()
                                .out())
                .isEqualTo(Belongings.CONTENT);
    }

    @Test
    void theTimeOfAnAnswerTellsNothing() {
        var asks =
                Ask.parse(
                                """
                                GET /containers/{id*}/json CONTAINER
                                GET /images/{name+}/json IMAGE
                                GET /volumes/{name} VOLUME
                                GET /networks/{id} NETWORK
                                """)
                        .toList();
        for (var ask : asks) {
            secrets.names()
                    .getOrDefault(ask.thing(), Map.of())
                    .forEach((real, absent) -> {
                        var times = List.of(new ArrayList<Long>(), new ArrayList<Long>());
                        for (int i = 0;
                                i < ASKED;
                                i++) { // in turn: what disturbs one disturbs the other
                            times.getFirst().add(nanoseconds(ask, real));
                            times.getLast().add(nanoseconds(ask, absent));
                        }
                        double ratio = (double) median(times.getFirst()) / median(times.getLast());
                        assertThat(ratio).as(ask + " of " + real).isBetween(0.8, 1.25);
                    });
        }
    }

    private long nanoseconds(Ask ask, String name) {
        long begin = System.nanoTime();
        assertThat(ask.of(stranger.api(), name).status()).isEqualTo(404);
        return System.nanoTime() - begin;
    }

    private static long median(List<Long> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    @Test
    void noFileOfTheEngineCanBeReadByAUser() {
        var all =
                Shell.run(
                        "find",
                        daemon.root().toString(),
                        daemon.run().toString(),
                        "-xdev",
                        "(",
                        "-type",
                        "f",
                        "-o",
                        "-type",
                        "d",
                        ")",
                        "-print0");
        var read = "while IFS= read -r -d '' f; do [ ! -r \"$f\" ] || echo \"$f\"; done";
        var line =
                List.of(
                        "setpriv",
                        "--reuid=" + users.name(1),
                        "--regid=" + users.name(1),
                        "--clear-groups",
                        "bash",
                        "-c",
                        read);
        assertThat(all.ok().stdout()).contains(secrets.fullId().getBytes(UTF_8));
        assertThat(Shell.run(120, Map.of(), all.stdout(), line).ok().out())
                .isEqualTo(daemon.root() + "/id"); // which info tells everybody
    }
}
