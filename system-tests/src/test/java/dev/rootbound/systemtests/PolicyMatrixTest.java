package dev.rootbound.systemtests;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.docker.DockerApi;
import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every field by which a container could get more, through every endpoint that can set it: who may
 * not have it is refused by the policy, naming its rule; who may is not. A field or endpoint that
 * is in none of these tables fails the test.
 */
@Tag("system")
class PolicyMatrixTest {
    /** Endpoint, field, the policy's setting that decides, and a body that asks for too much. */
    private static final String JUDGED =
            """
            /containers/create Privileged privileged {"HostConfig":{"Privileged":true}}
            /containers/create CapAdd capabilities {"HostConfig":{"CapAdd":["NET_RAW"]}}
            /containers/create CapAdd capabilities {"HostConfig":{"CapAdd":["all"],"CapDrop":["SYS_ADMIN"]}}
            /containers/create SecurityOpt seccomp {"HostConfig":{"SecurityOpt":["seccomp=unconfined"]}}
            /containers/create SecurityOpt seccomp {"HostConfig":{"SecurityOpt":["seccomp:{\\"defaultAction\\":\\"SCMP_ACT_ALLOW\\"}"]}}
            /containers/create SecurityOpt unmasked-paths {"HostConfig":{"SecurityOpt":["systempaths=unconfined"]}}
            /containers/create MaskedPaths unmasked-paths {"HostConfig":{"MaskedPaths":[]}}
            /containers/create ReadonlyPaths unmasked-paths {"HostConfig":{"ReadonlyPaths":["/proc/sys"]}}
            /containers/create UsernsMode userns {"HostConfig":{"UsernsMode":"host"}}
            /containers/create UsernsMode userns {"HostConfig":{"UsernsMode":"map=0:300000000:65536"}}
            /containers/create NetworkMode host-namespaces {"HostConfig":{"NetworkMode":"host"}}
            /containers/create NetworkMode host-namespaces {"HostConfig":{"NetworkMode":"ns:/proc/1/ns/net"}}
            /containers/create NetworkingConfig host-namespaces {"HostConfig":{"NetworkMode":"host"},"NetworkingConfig":{"EndpointsConfig":{"host":{}}}}
            /containers/create IpcMode host-namespaces {"HostConfig":{"IpcMode":"host"}}
            /containers/create PidMode host-namespaces {"HostConfig":{"PidMode":"host"}}
            /containers/create UTSMode host-namespaces {"HostConfig":{"UTSMode":"host"}}
            /containers/create CgroupnsMode host-namespaces {"HostConfig":{"CgroupnsMode":"host"}}
            /containers/create Devices devices {"HostConfig":{"Devices":[{"PathOnHost":"/dev/null","PathInContainer":"/dev/x","CgroupPermissions":"r"}]}}
            /containers/create Sysctls sysctls {"HostConfig":{"Sysctls":{"net.core.somaxconn":"9"}}}
            /containers/create Binds host-paths {"HostConfig":{"Binds":["/usr:/x:ro"]}}
            /containers/create Binds host-paths {"HostConfig":{"Binds":["SOCKET:/x"]}}
            /containers/create Mounts host-paths {"HostConfig":{"Mounts":[{"Type":"bind","Source":"/usr","Target":"/x","ReadOnly":true}]}}
            /containers/create PublishAllPorts published-ports {"HostConfig":{"PublishAllPorts":true}}
            /containers/create PortBindings published-ports {"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"8080"}]}}}
            /containers/create PortBindings low-ports {"HostConfig":{"PortBindings":{"80/tcp":[{"HostPort":"80"}]}}}
            /containers/create User root-user {"User":"0"}
            /containers/create User root-user {"User":"root"}
            /containers/create User root-user {"User":""}
            /containers/ID/exec Privileged privileged {"Cmd":["id"],"Privileged":true}
            /containers/ID/exec User root-user {"Cmd":["id"],"User":"0:5"}
            /networks/create IPAM subnets {"Name":"chosen","IPAM":{"Config":[{"Subnet":"100.99.98.0/24"}]}}
            """;

    /** Of Docker's fields of a creation: they give nothing that another container has not. */
    private static final String PLAIN =
            """
            Hostname Domainname AttachStdin AttachStdout AttachStderr ExposedPorts Tty OpenStdin StdinOnce Env
            Cmd Healthcheck ArgsEscaped Volumes WorkingDir Entrypoint NetworkDisabled MacAddress OnBuild Labels
            StopSignal StopTimeout Shell HostConfig CpuShares Memory CgroupParent BlkioWeight BlkioWeightDevice
            BlkioDeviceReadBps BlkioDeviceWriteBps BlkioDeviceReadIOps BlkioDeviceWriteIOps CpuPeriod CpuQuota
            CpuRealtimePeriod CpuRealtimeRuntime CpusetCpus CpusetMems KernelMemory KernelMemoryTCP
            MemoryReservation MemorySwap MemorySwappiness NanoCpus OomKillDisable Init PidsLimit Ulimits CpuCount
            CpuPercent IOMaximumIOps IOMaximumBandwidth ContainerIDFile LogConfig RestartPolicy
            AutoRemove VolumeDriver ConsoleSize Annotations CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd
            DeviceRequests DeviceCgroupRules Cgroup Links OomScoreAdj PublishAllPorts ReadonlyRootfs StorageOpt Tmpfs ShmSize Runtime Isolation
            """;

    /** With a test of its own below. */
    private static final Set<String> OWN_TEST = Set.of("Image", "VolumesFrom");

    /**
     * Endpoints that take a request for more in no way, or only as something of {@link #JUDGED}.
     */
    private static final Set<String> GIVE_NOTHING =
            Set.of(
                    "/containers/{id*}/wait",
                    "/containers/{id*}/resize",
                    "/containers/{id*}/stop",
                    "/containers/{id*}/rename",
                    "/containers/{id*}/kill",
                    "/containers/{id*}/attach",
                    "/containers/{id*}/pause",
                    "/containers/{id*}/unpause",
                    "/containers/{id*}/archive",
                    "/containers/{id}/checkpoints",
                    "/exec/{id}/start",
                    "/exec/{id}/resize",
                    "/auth",
                    "/images/load",
                    "/images/{name+}/tag",
                    "/images/{name+}/push",
                    "/volumes/create",
                    "/volumes/{name}",
                    "/containers/prune",
                    "/images/prune",
                    "/volumes/prune",
                    "/networks/prune",
                    "/build/prune",
                    "/build",
                    "/build/cancel",
                    "/rootbound/build/cache/save",
                    "/rootbound/build/cache/push",
                    "/networks/{id}/connect",
                    "/networks/{id}/disconnect",
                    "/session",
                    "/grpc",
                    "/rootbound/containers/{id*}/attack",
                    "/rootbound/policy/test");

    /** With a test of their own below, or in {@link #JUDGED}. */
    private static final Set<String> TESTED =
            Set.of(
                    "/containers/create",
                    "/networks/create",
                    "/containers/{id*}/exec",
                    "/containers/{id*}/update",
                    "/containers/{id*}/start",
                    "/containers/{id*}/restart",
                    "/commit",
                    "/images/create");

    private static final String ELSEWHERE =
            "/(swarm|nodes|services|tasks|secrets|configs|plugins)(/.*)?";

    private final Path directory = Daemon.directory();
    private final Daemon daemon = start("version: 1\n");
    private final TestUsers users = new TestUsers(daemon, 2);
    private final UserRelay restricted = new UserRelay(directory, users.name(0), daemon);
    private final UserRelay free = new UserRelay(directory, users.name(1), daemon);

    private Daemon start(String policy) {
        try {
            Files.writeString(directory.resolve(Daemon.POLICY), policy);
            return Daemon.start(directory, directory.resolve("root"), "");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void end() {
        for (int user = 0; user < 2; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-fv", id));
            docker.run("network", "prune", "-f");
        }
        restricted.close();
        free.close();
        daemon.close();
        users.close();
    }

    private record Row(String path, String field, String setting, String body) {
        static Stream<Row> all() {
            return JUDGED.lines()
                    .map(line -> line.split(" ", 4))
                    .map(words -> new Row(words[0], words[1], words[2], words[3]));
        }

        boolean isCreate() {
            return path.equals("/containers/create");
        }

        EngineApi.Answer ask(EngineApi api, String container, String socket) throws IOException {
            var text = body.replace("SOCKET", socket);
            if (isCreate()) {
                var image = "{\"Image\":\"rootbound/busybox\",";
                var user = body.contains("\"User\"") ? "" : "\"User\":\"5\",";
                text = image + user + text.substring(1);
            }
            return api.post(path.replace("ID", container), text);
        }
    }

    @Test
    void everyFieldAndEveryEndpointHasAPlace() throws IOException {
        var known = new TreeSet<>(Set.of(PLAIN.strip().split("\\s+")));
        known.addAll(OWN_TEST);
        Row.all().filter(Row::isCreate).forEach(row -> known.add(row.field));
        assertThat(known).containsExactlyInAnyOrderElementsOf(dockersFields());
        var routes = new TreeSet<>(GIVE_NOTHING);
        routes.addAll(TESTED);
        assertThat(writes()).containsExactlyInAnyOrderElementsOf(routes);
    }

    private static Set<String> dockersFields() throws IOException {
        var list = "docker/src/test/resources/docker-api/1.51-create-fields.txt";
        return Files.readAllLines(Path.of(Shell.CHECKOUT.toString(), list)).stream()
                .filter(line -> line.matches("(Host)?Config:.*"))
                .flatMap(
                        line -> Stream.of(line.substring(line.indexOf(':') + 1).strip().split(" ")))
                .collect(toCollection(TreeSet::new));
    }

    /** From the code: what is there to be posted or put. */
    private static Set<String> writes() {
        var none =
                (Engine)
                        Proxy.newProxyInstance(
                                Engine.class.getClassLoader(),
                                new Class<?>[] {Engine.class},
                                (_, method, _) -> {
                                    throw new AssertionError(method + " is called");
                                });
        return DockerApi.endpoints(none).stream()
                .filter(endpoint -> endpoint.matches("(POST|PUT) .*"))
                .map(endpoint -> endpoint.substring(endpoint.indexOf(' ') + 1))
                .filter(path -> !path.matches(ELSEWHERE))
                .collect(toCollection(TreeSet::new));
    }

    private String running(EngineApi api) throws IOException {
        var body = "{\"Image\":\"rootbound/busybox\",\"User\":\"5\",\"Cmd\":[\"sleep\",\"999\"]}";
        var id = api.post("/containers/create", body).good().json().get("Id").asString();
        api.post("/containers/" + id + "/start", "").good();
        return id;
    }

    private void restrict(String more) {
        daemon.reload(
                """
                version: 1
                containers:
                  profile: restricted
                  users:
                    - user: %s
                      profile: compatible
                      userns: all
                      host-namespaces: all
                      devices: all
                      low-ports: allow
                      subnets: all
                %s
                """
                        .formatted(users.name(1), more.indent(4)));
    }

    @Test
    void whatMayNotBeIsRefusedByTheRuleAndWhatMayIsNot() throws IOException {
        restrict("");
        var mine = running(restricted.api());
        var theirs = running(free.api());
        var socket = daemon.address().substring("unix://".length());
        var problems = new ArrayList<String>();
        for (var row : Row.all().toList()) {
            var no = row.ask(restricted.api(), mine, socket);
            boolean refused =
                    no.status() == 403
                            && no.text().contains("by " + row.setting + ": ")
                            && no.text().contains("profile restricted, " + directory);
            if (!refused) problems.add(row + " gave " + no.status() + " " + no.text());
            var yes = row.ask(free.api(), theirs, socket);
            // or it may be, and is not built
            if (!yes.isGood() && yes.status() != 501) {
                problems.add(row + " gave " + yes.status() + " " + yes.text());
            }
        }
        assertThat(problems).isEmpty();
        assertThat(restricted.api().get("/containers/json?all=1").json()).hasSize(1);
    }

    @Test
    void noOtherEndpointPassesOverWhatItDoesNotSet() throws IOException {
        restrict("");
        var id = running(restricted.api());
        for (var row : Row.all().filter(row -> row.body.contains("HostConfig")).toList()) {
            int from = row.body.indexOf(":{") + 1;
            var fields = row.body.substring(from, row.body.length() - 1);
            if (fields.contains("[]")) continue; // asks for nothing there
            for (var path : List.of("/update", "/start")) {
                var answer = restricted.api().post("/containers/" + id + path, fields);
                assertThat(answer.status()).as(path + " of " + row).isIn(400, 403, 501);
            }
        }
        assertThat(restricted.api().post("/containers/" + id + "/start", "{}").status())
                .isEqualTo(304);
    }

    @Test
    void whatWasMadeBeforeIsMeasuredWhenItStarts() throws IOException {
        var api = restricted.api();
        var body = "{\"Image\":\"rootbound/busybox\",\"HostConfig\":{\"Privileged\":true}}";
        var id = api.post("/containers/create", body).good().json().get("Id").asString();
        var bound =
                "{\"Image\":\"rootbound/busybox\",\"User\":\"5\",\"HostConfig\":{\"Binds\":[\"/usr:/x:ro\"]}}";
        var other = api.post("/containers/create", bound).good().json().get("Id").asString();
        restrict("");
        for (var each : List.of(id, other)) {
            for (var path : List.of("/start", "/restart?t=0")) {
                var answer = api.post("/containers/" + each + path, "");
                assertThat(answer.status()).as(answer.text()).isEqualTo(403);
            }
        }
        var from = "\"VolumesFrom\":[\"" + other + "\"]";
        var copied =
                api.post(
                        "/containers/create",
                        "{\"Image\":\"rootbound/busybox\",\"User\":\"5\",\"HostConfig\":{"
                                + from
                                + "}}");
        assertThat(copied.status()).as(copied.text()).isEqualTo(403);
        assertThat(copied.text()).contains("by host-paths: ");
    }

    @Test
    void anImageIsMeasuredWhereItIsUsed() throws IOException {
        restrict("");
        var api = restricted.api();
        var id = running(api);
        api.post("/commit?container=" + id + "&repo=mine&changes=USER%20root", "{}").good();
        var create = "{\"Image\":\"mine\",\"Cmd\":[\"id\"]}";
        var rooted = api.post("/containers/create", create);
        assertThat(rooted.text()).contains("by root-user: deny");
        // root by another name: known when it starts
        var named =
                api.post(
                                "/containers/create",
                                "{\"Image\":\"mine\",\"User\":\"5:root\",\"Cmd\":[\"id\"]}")
                        .good()
                        .json()
                        .get("Id")
                        .asString();
        api.post("/containers/" + named + "/start", "").good();
        restrict("- user: " + users.name(0) + "\n  image-registries: [registry.invalid/team]\n");
        assertThat(api.post("/containers/create", create).text())
                .contains("by root-user", "profile restricted");
        var plain = "{\"Image\":\"mine\",\"User\":\"5\",\"Cmd\":[\"id\"]}";
        assertThat(api.post("/containers/create", plain).text())
                .contains("image mine is refused", "image-registries: registry.invalid/team");
        var pull = api.post("/images/create?fromImage=other.invalid/x&tag=1", "");
        assertThat(pull.text()).contains("image other.invalid/x:1 is refused", "image-registries");
        restrict("- user: " + users.name(0) + "\n  image-digests: required\n");
        assertThat(api.post("/containers/create", plain).text())
                .contains("image mine without digest is refused", "image-digests: required");
    }
}
