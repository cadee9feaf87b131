package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The administrator's policy with real users: who may, what is recorded, and what SIGHUP does. */
@Tag("system")
class PolicyRulesTest {
    private static final String BOX = "rootbound/busybox";

    private final Path directory = Daemon.directory();
    private final Daemon daemon = start();
    private final TestUsers users = new TestUsers(daemon, 2);

    private Daemon start() {
        try {
            Files.writeString(directory.resolve(Daemon.POLICY), "version: 1\n");
            return Daemon.start(directory, directory.resolve("root"), "");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void end() {
        for (int user = 0; user < 2; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-f", id));
        }
        daemon.close();
        users.close();
    }

    private void reload(String rules) {
        daemon.reload("version: 1\n" + rules.formatted(users.name(0), users.name(1)));
    }

    private List<JsonNode> audit() throws IOException {
        return audit(users.uid(0));
    }

    private Path auditLog(long tenant) {
        return daemon.root().resolve("audit/" + tenant + ".log");
    }

    private List<JsonNode> audit(long tenant) throws IOException {
        var file = auditLog(tenant);
        if (!Files.exists(file)) return List.of();
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
    }

    @Test
    void whatOneUserMayIsRecordedAndAnotherIsRefusedByTheRule() throws IOException {
        reload(
                """
                containers:
                  privileged: deny
                  users:
                    - user: %1$s
                      privileged: allow
                """);
        users.docker(1).run("run", "--rm", BOX, "true").ok();
        var refused = users.docker(1).run("run", "--rm", "--privileged", BOX, "true").ended(125);
        var file = directory.resolve(Daemon.POLICY);
        assertThat(refused.err())
                .contains("privileged mode is refused to user " + users.name(1))
                .contains("privileged: deny (" + file + ":3)");
        assertThat(audit()).isEmpty();
        var docker = users.docker(0);
        docker.run("run", "--name", "box", "--privileged", BOX, "true").ok();
        assertThat(audit())
                .extracting(r -> r.get("action").asString())
                .containsExactly("create", "start");
        for (var record : audit()) {
            assertThat(record.get("uid").asLong()).isEqualTo(users.uid(0));
            assertThat(record.get("user").asString()).isEqualTo(users.name(0));
            assertThat(record.get("pid").asLong()).isPositive();
            assertThat(record.get("name").asString()).isEqualTo("box");
            assertThat(record.at("/grants/0/what").asString()).isEqualTo("privileged mode");
            assertThat(record.at("/grants/0/rule").asString()).isEqualTo(file + ":6");
        }
        var last = docker.detached(BOX, "sleep", "999");
        assertThat(audit()).hasSize(2);
        docker.run("exec", "--privileged", last, "true").ok();
        assertThat(audit().getLast().get("action").asString()).isEqualTo("exec");
        var log = users.tries(0, "cat " + auditLog(users.uid(0)));
        assertThat(log.code()).isNotZero();
    }

    @Test
    void namespacesAndDevicesOfTheHostAreForWhomThePolicyNames() throws IOException {
        var options = List.of("--pid=host", "--ipc=host", "--uts=host", "--device=/dev/fuse");
        for (var option : options) {
            var no = users.docker(0).run("run", "--rm", option, BOX, "true").ended(125);
            assertThat(no.err()).contains("is refused to user " + users.name(0));
        }
        reload(
                """
                containers:
                  users:
                    - user: %1$s
                      host-namespaces: [pid, ipc, uts]
                      devices: [/dev/fuse]
                """);
        var line = new ArrayList<>(List.of("run", "--rm"));
        line.addAll(options);
        line.addAll(List.of(BOX, "sh", "-c", "exec 3<>/dev/fuse && touch /dev/shm/x && echo done"));
        var ended = users.docker(0).run(line.toArray(String[]::new)).ok();
        assertThat(ended.out()).isEqualTo("done");
        assertThat(ended.err()).contains("/dev/shm is the container's own");
        assertThat(Path.of("/dev/shm/x")).doesNotExist();
        assertThat(audit().getLast().at("/grants").findValuesAsString("what"))
                .containsExactlyInAnyOrder(
                        "ipc namespace mode host",
                        "pid namespace mode host",
                        "uts namespace mode host",
                        "device /dev/fuse");
        var other = users.docker(0).run("run", "--rm", "--device=/dev/net/tun", BOX, "true");
        assertThat(other.ended(125).err()).contains("device /dev/net/tun is refused");
        var log = users.docker(0).run("run", "--rm", "--cgroupns=host", BOX, "true").ended(125);
        assertThat(log.err()).contains("cgroup namespace mode host is refused");
    }

    @Test
    void aPolicyThatIsBrokenChangesNothingAndSaysItsLine() throws IOException {
        reload("containers:\n  seccomp: default\n");
        daemon.reload("version: 1\ncontainers:\n  seccomp: [off]\n");
        assertThat(daemon.log())
                .contains("the policy stays as it was")
                .contains(Daemon.POLICY + ":3: 'seccomp' is a text");
        var line =
                new String[] {"run", "--rm", "--security-opt", "seccomp=unconfined", BOX, "true"};
        assertThat(users.docker(0).run(line).ended(125).err())
                .contains("no seccomp filter is refused");
        Files.setPosixFilePermissions(
                directory.resolve(Daemon.POLICY), PosixFilePermissions.fromString("rw-rw-rw-"));
        daemon.hangUp();
        assertThat(daemon.log()).contains("may be written by others than root");
        Files.setPosixFilePermissions(
                directory.resolve(Daemon.POLICY), PosixFilePermissions.fromString("rw-r--r--"));
        reload("");
        users.docker(0).run(line).ok();
    }

    @Test
    void limitsFollowAlsoOfWhatRuns() throws IOException {
        var docker = users.docker(0);
        docker.detached(BOX, "sleep", "999");
        reload("tenants:\n  containers: 1\n  users: [{user: %1$s, pids: 70}]\n");
        assertThat(docker.run("run", "--rm", BOX, "true").ended(125).err())
                .contains("has 1 containers running and may have 1 of the");
        var cgroups = Path.of("/sys/fs/cgroup");
        boolean unified = Files.exists(cgroups.resolve("cgroup.controllers"));
        var top = unified ? cgroups : cgroups.resolve("pids");
        var tenant = top.resolve("rootbound").resolve(Long.toString(users.uid(0)));
        assertThat(Files.readString(tenant.resolve("pids.max")).strip()).isEqualTo("70");
    }

    @Test
    void showAndTestSayTheRuleThatDecides() throws IOException {
        reload("containers:\n  users:\n    - user: %1$s\n      capabilities: [default]\n");
        var file = directory.resolve(Daemon.POLICY);
        var shown = users.rootbound(0).run("policy", "show").ok().out();
        assertThat(shown)
                .contains("user " + users.name(0))
                .containsPattern("capabilities +default +" + file + ":5")
                .containsPattern("userns +container, keep-id +profile compatible");
        var roots = daemon.rootbound();
        assertThat(roots.run("policy", "show", "--user", users.name(0)).ok().out())
                .contains(file + ":5");
        assertThat(roots.run("policy", "show").ok().out()).containsPattern("userns +all");
        assertThat(users.rootbound(0).run("policy", "show", "--user", "root").ended(1).err())
                .contains("only root of this host");
        var request =
                Files.writeString(
                        directory.resolve("request"),
                        "{\"Image\":\"%s\",\"HostConfig\":{\"CapAdd\":[\"NET_RAW\"]}}"
                                .formatted(BOX));
        var tested = users.rootbound(0).run("policy", "test", request.toString()).ended(1);
        assertThat(tested.out())
                .contains(
                        "refused  capability CAP_NET_RAW  by capabilities: default ("
                                + file
                                + ":5)")
                .contains("allowed  user root  by root-user: allow (profile compatible)");
        assertThat(tested.err()).contains("refused: capability CAP_NET_RAW is refused to");
        users.rootbound(1).run("policy", "test", request.toString()).ok();
        users.rootbound(1).run("policy", "test", "run", "--cap-add", "NET_RAW", BOX, "true").ok();
        assertThat(
                        users.rootbound(1)
                                .run("policy", "test", "run", "--userns", "host", BOX)
                                .ended(1)
                                .out())
                .contains("refused  user namespace mode host, with ids of the host,");
        var stricter =
                Files.writeString(
                        directory.resolve("next.yaml"),
                        "version: 1\ncontainers: {profile: restricted}\n");
        Files.setPosixFilePermissions(stricter, PosixFilePermissions.fromString("rw-r--r--"));
        var next = new Cli("none", List.of(Shell.CHECKOUT + "/rootbound"));
        assertThat(
                        next.run(
                                        "policy",
                                        "test",
                                        "--policy-file",
                                        stricter.toString(),
                                        "--policy-user",
                                        users.name(1),
                                        request.toString())
                                .ended(1)
                                .err())
                .contains("to user " + users.name(1), "profile restricted, " + stricter + ":2");
        assertThat(audit()).isEmpty();
    }

    @Test
    void hostPathsAreWhatTheyLeadTo() throws IOException {
        var open = Files.createDirectory(directory.resolve("open"));
        Files.createDirectory(open.resolve("closed"));
        Files.createSymbolicLink(directory.resolve("alias"), open.resolve("closed"));
        Files.writeString(open.resolve("file"), "text");
        reload(
                "containers:\n  host-paths:\n    read-only: [%s]\n    deny: [%s]\n"
                        .formatted(open, open.resolve("closed")));
        var docker = users.docker(0);
        var file = open.resolve("file");
        assertThat(docker.run("run", "--rm", "-v", file + ":/x:ro", BOX, "cat", "/x").ok().out())
                .isEqualTo("text");
        for (var source :
                List.of(
                        file + ":/x",
                        open + ":/x:ro",
                        directory.resolve("alias") + ":/x:ro",
                        open.resolve("new") + ":/x")) {
            assertThat(docker.run("run", "--rm", "-v", source, BOX, "true").ended(125).err())
                    .as(source)
                    .contains("host-paths: ", directory.resolve(Daemon.POLICY) + ":3");
        }
        assertThat(open.resolve("new")).doesNotExist();
    }

    @Test
    void rootsOwnFilesAreRootsContainersOnlyIfThePolicySaysSo() throws IOException {
        var own = Files.createDirectory(directory.resolve("roots"));
        var run = new String[] {"run", "--rm", "-v", own + ":/x", BOX, "touch", "/x/made"};
        assertThat(daemon.docker().run(run).code()).isNotZero();
        reload("containers:\n  users: [{user: root, root-binds: owner}]\n");
        daemon.docker().run(run).ok();
        assertThat(Files.getAttribute(own.resolve("made"), "unix:uid")).isEqualTo(0);
        assertThat(audit(0)).hasSize(1);
        assertThat(audit(0).getFirst().at("/grants/0/setting").asString()).isEqualTo("root-binds");
    }

    @Test
    void noContainerLeavesASetUserIdFileInABindMountIfThePolicyRefusesThem() throws IOException {
        reload("containers:\n  users:\n    - user: %1$s\n      set-user-id-files: refuse\n");
        var shared = Files.createDirectory(directory.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Shell.run("chown", users.name(0) + ":", shared.toString()).ok();
        var script =
                "cp /bin/busybox /x/a; chmod 755 /x/a && ls -l /x/a; chmod 4755 /x/a || echo no4;"
                        + " chmod 2755 /x/a || echo no2; chmod u+s /x/a || echo nou;"
                        + " mkdir -m 755 /x/d; touch /x/t; stat -c %a /x/a";
        var line = new String[] {"run", "--rm", "-v", shared + ":/x", BOX, "sh", "-c", script};
        var refused = users.docker(0).run(line).ok();
        assertThat(refused.out()).contains("-rwxr-xr-x", "no4", "no2", "nou").endsWith("755");
        assertThat(refused.err()).contains("Operation not permitted");
        assertThat(Shell.run("find", shared.toString(), "-perm", "/6000").ok().out()).isEmpty();
        var privileged = users.docker(0).run("run", "--rm", "--privileged", BOX, "true");
        assertThat(privileged.ended(125).err())
                .contains("no seccomp filter of privileged mode", "set-user-id-files: refuse (");
        assertThat(
                        users.docker(1)
                                .run("run", "--rm", BOX, "sh", "-c", "touch a; chmod 4755 a")
                                .code())
                .isZero();
    }

    @Test
    void idsThatSomebodyHasAreChosenOnlyIfThePolicySaysSoAndAreRecorded() throws IOException {
        // the last of those below 65536, which nobody has here
        var map = "map=0:65000:20";
        var line = new String[] {"run", "--rm", "--userns", map, BOX, "cat", "/proc/self/uid_map"};
        assertThat(daemon.rootbound().run(line).ended(125).err())
                .contains("not free", "map-ids: free (profile compatible)");
        reload("containers: {users: [{user: root, map-ids: any}]}\n");
        assertThat(daemon.rootbound().run(line).ok().out().strip().split(" +"))
                .containsExactly("0", "65000", "20");
        var id =
                daemon.rootbound().run("run", "-d", "--userns", map, BOX, "sleep", "99").ok().out();
        assertThat(daemon.rootbound().run(line).ended(125).err())
                .contains("leased to another container");
        assertThat(Files.readString(auditLog(0)))
                .contains("\"setting\":\"map-ids\"", "are not free: those below 65536");
        daemon.rootbound().run("rm", "-f", id).ok();
    }
}
