package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scenarios 5 and 7: other ids than a lease's, of the host or of all containers. */
@SystemTest
class UserNamespacesTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @SuppressWarnings("NullAway") // set before all
    private static Daemon daemon;

    @SuppressWarnings("NullAway")
    private static TestUsers users;

    @BeforeAll
    static void begin() {
        daemon = Daemon.start();
        users = new TestUsers(daemon, 1);
        daemon.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        users.docker(0).run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterAll
    static void end() {
        users.close();
        daemon.close();
    }

    private static Cli rootbound() {
        return new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address()));
    }

    @Test
    void hostRootMayHaveTheHostsUserNamespaceAndProveSaysSo() throws IOException {
        var root = daemon.docker();
        var canary = Files.createTempDirectory(Path.of("/tmp"), "rbt");
        try {
            var id =
                    root.detached(
                            "--userns", "host", "-v", canary + ":/data", IMAGE, "sleep", "9999");
            var map = Files.readString(Path.of("/proc/" + root.pid(id) + "/uid_map"));
            assertThat(map.strip().split("\\s+")).containsExactly("0", "0", "4294967295");
            root.run("exec", id, "touch", "/data/file", "/own").ok();
            assertThat(Files.getAttribute(canary.resolve("file"), "unix:uid")).isEqualTo(0);
            assertThat(root.inspect(id).at("/HostConfig/UsernsMode").asString()).isEqualTo("host");
            var proof = rootbound().run("prove", id);
            assertThat(proof.code()).isEqualTo(1);
            assertThat(proof.out()).contains("in the host's user namespace", "count on the host");
            // the same files under a lease's ids, and the other way round
            root.run("commit", id, "rbt/own").ok();
            assertThat(root.run("run", "--rm", "rbt/own", "stat", "-c", "%u", "/own").ok().out())
                    .isEqualTo("0");
            root.run("rm", "-f", id).ok();
        } finally {
            Shell.run("rm", "-rf", canary.toString());
        }
    }

    @Test
    void nobodyElseMayHaveItNorJoinIt() {
        var line = new String[] {"run", "--rm", "--userns", "host", IMAGE, "true"};
        var refused = users.docker(0).run(line).ended(125);
        assertThat(refused.err())
                .contains("with ids of the host, is refused to user " + users.name(0));

        var root = daemon.docker();
        var id = root.detached("--userns", "host", IMAGE, "sleep", "9999");
        var joined = root.detached("--network", "container:" + id, IMAGE, "sleep", "9999");
        for (var each : List.of(id, joined)) {
            assertThat(root.run("exec", each, "cat", "/proc/self/uid_map").ok().out())
                    .contains("4294967295");
        }
        root.run("rm", "-f", id, joined).ok();
    }

    @Test
    void aContainerOfHostRootsWithTheSocketIsNotHostRootByAnother() {
        var root = daemon.docker();
        var other = root.detached("--userns", "host", "--name", "hosts", IMAGE, "sleep", "9999");
        var socket = daemon.address().substring("unix://".length());
        var cli = Shell.run("sh", "-c", "command -v docker").ok().out();
        var inside =
                root.detached(
                        "-v",
                        socket + ":/s",
                        "-v",
                        cli + ":/usr/bin/docker:ro",
                        "-e",
                        "DOCKER_CONFIG=/nonexistent",
                        IMAGE,
                        "sleep",
                        "9999");
        for (var name : new String[] {other, "hosts"}) {
            for (var command : new String[] {"exec " + name + " id", "restart " + name}) {
                var answer = root.run("exec", inside, "sh", "-c", "docker -H unix:///s " + command);
                assertThat(answer.err()).as(command).contains("No such container: " + name);
            }
            var joined = "run --rm --network container:" + name + " " + IMAGE + " id";
            var answer = root.run("exec", inside, "sh", "-c", "docker -H unix:///s " + joined);
            assertThat(answer.err()).contains("No such container: " + name);
        }
        for (var option : List.of("--device=/dev/fuse", "--pid=host", "--network=host")) {
            var reaching = root.detached(option, IMAGE, "sleep", "9999");
            var joining = "container:" + reaching; // and may trace its processes
            var joined = root.detached("--network", joining, IMAGE, "sleep", "9999");
            for (var name : List.of(reaching, joined)) {
                var command = "docker -H unix:///s exec " + name + " id";
                assertThat(root.run("exec", inside, "sh", "-c", command).err())
                        .as(option)
                        .contains("No such container: " + name);
            }
        }
        var own = root.run("exec", inside, "docker", "-H", "unix:///s", "ps", "-q", "--no-trunc");
        assertThat(own.ok().out()).isEqualTo(root.inspect(inside).get("Id").asString());
        var all = root.run("ps", "-q").ok().out().split("\n");
        for (var id : all) root.run("rm", "-f", id).ok();
    }

    private static String ids(Cli cli, String container) {
        return cli.run("exec", container, "cat", "/proc/self/uid_map")
                .ok()
                .out()
                .replaceAll("[ \t]+", " ")
                .strip();
    }

    @Test
    void hostRootChoosesIdsThatAreNobodys() {
        var root = rootbound();
        var map = "map=0:700000000:1000,5000:700100000:10";
        var id =
                root.detached(
                        "--userns", map, "-v", "chosen:/v", "-u", "5003:7", IMAGE, "sleep", "9999");
        assertThat(ids(root, id)).isEqualTo("0 700000000 1000\n 5000 700100000 10");
        assertThat(root.run("exec", "-u", "0", id, "sh", "-c", "echo x > /v/f; chown 5009 /v/f"))
                .satisfies(Result::ok);
        var other = new String[] {"run", "--rm", "-v", "chosen:/v", IMAGE, "stat", "-c%u", "/v/f"};
        assertThat(root.run(other).ok().out()).as("in one with a lease").isEqualTo("5009");
        root.run("prove", id).ok();
        var twice = root.run("run", "--rm", "--userns", map, IMAGE, "true").ended(125);
        assertThat(twice.err()).contains("leased to another container");
        root.run("rm", "-f", id).ok();
        root.run("run", "--rm", "--userns", map, IMAGE, "true").ok();
        root.run("volume", "rm", "chosen").ok();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    map=0:0:65536; the host's own
                    map=0:65535:2; the host's own
                    map=0:2147352576:65536; files in the store
                    map=1:700000000:10; inside id 0
                    map=0:700000000:65537; 0 to 65535
                    map=0:700000000:10,5:700001000:10; overlap
                    map=0:700000000; INSIDE:OUTSIDE:SIZE
                    map=; INSIDE:OUTSIDE:SIZE
                    map=0:-5:10; INSIDE:OUTSIDE:SIZE
                    map=0:4294967290:10; not a range
                    """)
    void idsThatAreSomebodysOrNoneAreRefused(String map, String reason) {
        var result = rootbound().run("run", "--rm", "--userns", map, IMAGE, "true");
        assertThat(result.ended(125).err()).contains(reason);
    }

    @Test
    void idsOfAUserOfAnotherLineAndAskedForByOthersAreRefused() throws IOException {
        var line = "map=0:" + users.uid(0) + ":1";
        assertThat(rootbound().run("run", "--rm", "--userns", line, IMAGE, "true").ended(125).err())
                .contains("not free");
        var own = users.rootbound(0).run("run", "--rm", "--userns", "map=0:700000000:9", IMAGE);
        assertThat(own.ended(125).err()).contains("with ids of the host, is refused to user ");
    }

    @Test
    void anImageThatOneOfRootsContainersHasNamedIsNotRunWithTheHostsIds() throws IOException {
        var root = daemon.docker();
        var socket = daemon.address().substring("unix://".length());
        var client = "/usr/local/bin/docker:/bin/docker:ro";
        var inside = root.detached("-v", socket + ":/s", "-v", client, IMAGE, "sleep", "999");
        root.run("tag", IMAGE, "trusted:1").ok();
        root.run("run", "--rm", "--userns", "host", "trusted:1", "true").ok();
        var make = "docker -H unix:///s commit $(hostname) trusted:1";
        root.run("exec", inside, "sh", "-c", make).ok();
        var refused = root.run("run", "--rm", "--userns", "host", "trusted:1", "true");
        assertThat(refused.ended(125).err()).contains("from within one of root's containers");
        refused = root.run("run", "--rm", "--device", "/dev/fuse", "trusted:1", "true");
        assertThat(refused.ended(125).err()).contains("device /dev/fuse is not for what those run");
        root.run("run", "--rm", "--network", "host", "trusted:1", "true").ok();
        root.run("run", "--rm", "trusted:1", "true")
                .ok(); // with ids of its own it may be anybody's
        var id = root.inspectImage("trusted:1").get("Id").asString();
        assertThat(Files.readString(daemon.root().resolve("inside-images"))).contains(id);
        root.run("tag", id, "trusted:1").ok();
        root.run("run", "--rm", "--userns", "host", "trusted:1", "true").ok();
        var host = root.detached("--userns", "host", "-v", "data:/data", IMAGE, "sleep", "999");
        host = root.inspect(host).get("Id").asString();
        // of the next second: all of this one counts, however quick the lines above were
        var until = "docker -H unix:///s events --since 0 --until $(($(date +%s) + 1))";
        assertThat(root.run("exec", inside, "sh", "-c", until).ok().out())
                .contains(root.inspect(inside).get("Id").asString())
                .doesNotContain(host);
        var members = "docker -H unix:///s network inspect bridge";
        assertThat(root.run("exec", inside, "sh", "-c", members).ok().out())
                .contains(root.inspect(inside).get("Id").asString())
                .doesNotContain(host);
        root.run("rm", "-f", inside, host).ok();
        root.run("volume", "rm", "data").ok();
    }

    @Test
    void whatOneOfRootsContainersBuildsIsNeitherRootsCacheNorRunWithTheHostsIds(
            @TempDir Path context) throws IOException {
        var root = daemon.docker();
        var socket = daemon.address().substring("unix://".length());
        var client = "/usr/local/bin/docker:/bin/docker:ro";
        var inside = root.detached("-v", socket + ":/s", "-v", client, IMAGE, "sleep", "999");
        var dockerfile = "FROM " + IMAGE + "\nRUN cat /etc/hosts > /hosts\n";
        var make =
                "printf '"
                        + dockerfile.replace("\n", "\\n")
                        + "' | DOCKER_BUILDKIT=0 docker -H unix:///s build --add-host evil:10.6.6.6"
                        + " -t trusted:2 -";
        root.run("exec", inside, "sh", "-c", make).ok();
        var run = new String[] {"run", "--rm", "--userns", "host", "trusted:2", "cat", "/hosts"};
        assertThat(root.run(run).ended(125).err()).contains("from within one of root's containers");
        var own = new DockerBuild(root, context);
        assertThat(own.says(dockerfile, "-t", "own:2")).doesNotContain("Using cache");
        assertThat(own.says(dockerfile, "-t", "own:2")).contains("Using cache");
        run[4] = "own:2";
        assertThat(root.run(run).ok().out()).doesNotContain("evil");
        own.says("FROM trusted:2\nRUN true\n", "-t", "own:3");
        run[4] = "own:3";
        assertThat(root.run(run).ended(125).err()).contains("from within one of root's containers");
        root.run("rm", "-f", inside).ok();
        root.run("rmi", "-f", "trusted:1");
    }
}
