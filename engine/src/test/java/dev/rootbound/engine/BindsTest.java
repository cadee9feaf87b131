package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Mounts;
import dev.rootbound.rootfs.HostMounts.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class BindsTest {
    private static final Caller ROOT = new Caller(new Tenant(0), 0, 0, List.of());
    private static final long OWN = TestEngine.CALLER.uid();
    private static final long GROUP = 4_999_999;
    private static final Caller MEMBER =
            new Caller(new Tenant(OWN), OWN, OWN, List.of(GROUP, OWN, 0L));

    @AutoClose private final TestEngine test = TestEngine.open();
    private Path data = Path.of("/");

    @BeforeEach
    void ownDirectory() throws IOException {
        data = directory("data", OWN, 0700);
    }

    private Path directory(String name, long owner, int mode) throws IOException {
        var made = Files.createDirectory(test.top.resolve(name));
        Files.setAttribute(made, "unix:mode", mode);
        give(made, owner, owner);
        return made;
    }

    private static void give(Path path, long uid, long gid) throws IOException {
        Files.setAttribute(path, "unix:uid", (int) uid);
        Files.setAttribute(path, "unix:gid", (int) gid);
    }

    private static long uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }

    private static long gid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:gid");
    }

    private static TestSpec with(String script, BindMount... binds) {
        var spec = TestSpec.shell(script);
        spec.binds = List.of(binds);
        return spec;
    }

    private static BindMount at(Path source, String target) {
        return BindMount.of(source.toString(), target, Access.ALL);
    }

    @Test
    void whatIsDeniedIsSoWhereverTheHostShowsIt() throws Exception {
        var secret = Files.createDirectory(data.resolve("secret"));
        give(secret, OWN, OWN);
        var inner = Files.createDirectory(secret.resolve("inner"));
        give(inner, OWN, OWN);
        var above = directory("above", OWN, 0700);
        var alias = Files.createDirectory(above.resolve("alias"));
        var policy = test.top.resolve("policy.yaml");
        Files.writeString(
                policy, "version: 1\ncontainers: {host-paths: {deny: [" + secret + "]}}\n");
        test.policy = PolicyInForce.read(policy);
        test.reopen();
        var mount = new ProcessBuilder("mount", "--bind", secret.toString(), alias.toString());
        assertThat(mount.start().waitFor()).isZero();
        try {
            for (var denied : List.of(secret, inner, alias, alias.resolve("inner"), above)) {
                assertThatThrownBy(() -> test.create(with("true", at(denied, "/d"))))
                        .as("%s", denied)
                        .isInstanceOf(EngineException.Denied.class)
                        .hasMessageContaining("host-paths");
                assertThat(tested(denied)).as("%s", denied).contains("host-paths: deny");
                var missing = tested(denied.resolve("not/there"));
                assertThat(missing.isEmpty()).as("in %s", denied).isEqualTo(denied.equals(above));
            }
            var other = directory("other", OWN, 0700);
            assertThat(tested(other)).isEmpty();
            assertThat(run(with("echo ok", at(other, "/d")))).isEqualTo("ok\n");
        } finally {
            assertThat(new ProcessBuilder("umount", alias.toString()).start().waitFor()).isZero();
        }
        assertThat(run(with("echo ok", at(above, "/d")))).isEqualTo("ok\n");
    }

    /** What a test of the policy says in place of a start. */
    private String tested(Path source) {
        var asked = with("true", at(source, "/d")).build();
        return test.engine.permits().test(TestEngine.CALLER, "", asked).refusal();
    }

    @Test
    void aTestOfThePolicyLooksAtPathsWithTheRightsOfWhoAsks() throws Exception {
        var secret = Files.createDirectory(data.resolve("secret"));
        var closed = directory("closed", OWN + 1, 0700);
        Files.createSymbolicLink(closed.resolve("link"), secret);
        var open = directory("open", OWN + 1, 0755);
        Files.createSymbolicLink(open.resolve("link"), secret);
        var policy = test.top.resolve("policy.yaml");
        Files.writeString(
                policy, "version: 1\ncontainers: {host-paths: {deny: [" + secret + "]}}\n");
        test.policy = PolicyInForce.read(policy);
        test.reopen();
        assertThat(tested(open.resolve("link"))).contains("host-paths: deny");
        assertThat(tested(closed.resolve("link"))).isEmpty();
    }

    private String run(TestSpec spec) throws Exception {
        return run(TestEngine.CALLER, spec);
    }

    private String run(Caller caller, TestSpec spec) throws Exception {
        var id = test.engine.create(caller, null, spec.build()).id();
        try {
            var client = new Recorder();
            client.attachment =
                    test.engine.attach(
                            caller, id, java.util.Set.of(Engine.Stream.values()), false, client);
            test.engine.start(caller, id);
            var out = client.end().out();
            try (var wait = test.engine.waitFor(caller, id, Engine.WaitFor.NOT_RUNNING)) {
                assertThat(wait.await().code()).as(out).isZero();
            }
            return out;
        } finally {
            test.engine.killAndDelete(caller, id, true);
        }
    }

    private long block(String file) throws IOException {
        return Files.readAllLines(test.etc.resolve(file)).stream()
                .filter(line -> line.startsWith("test:"))
                .mapToLong(line -> Long.parseLong(line.split(":")[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theCallersFilesAreTheContainerUsersOnBothSides() throws Exception {
        give(Files.writeString(data.resolve("mine"), "hello"), OWN, OWN);
        var out = run(with("cat /d/mine; stat -c %u:%g /d /d/mine; touch /d/new", at(data, "/d")));
        assertThat(out).isEqualTo("hello0:0\n0:0\n");
        assertThat(uid(data.resolve("new"))).isEqualTo(OWN);
        assertThat(gid(data.resolve("new"))).isEqualTo(OWN);
        out = run(with("stat -c %u:%g /d; touch /d/of500", at(data, "/d")).user("500:600"));
        assertThat(out).isEqualTo("500:600\n");
        assertThat(uid(data.resolve("of500"))).isEqualTo(OWN);
    }

    @Test
    void whatBelongsToOtherInsideIdsIsThePermanentBlocks() throws Exception {
        run(with("mkdir /d/db; chown 999:998 /d/db; chmod 700 /d/db", at(data, "/d")));
        assertThat(uid(data.resolve("db"))).isEqualTo(block("subuid") + 999);
        assertThat(gid(data.resolve("db"))).isEqualTo(block("subgid") + 998);
        var drop = "stat -c %u:%g /d/db; touch /d/db/x; stat -c %u /d/db/x";
        assertThat(run(with(drop, at(data, "/d")))).isEqualTo("999:998\n0\n");
        assertThat(Files.readString(test.etc.resolve("subuid")))
                .as("given once")
                .isEqualTo("test:" + block("subuid") + ":65536\n");
    }

    @Test
    void groupsOfTheCallerAreGroupsOfTheContainersUser() throws Exception {
        for (long owner : List.of(0L, OWN + 1, OWN)) {
            var shared = directory("shared-" + owner, owner, 0755);
            give(shared, owner, GROUP);
            Files.setAttribute(shared, "unix:mode", 02770);
            var script =
                    "touch /s/new; stat -c %g /s /s/new; chmod 777 /s 2>&1; chown 0 /s 2>&1 ||:";
            var out = run(MEMBER, with(script, at(shared, "/s")).user("500:500"));
            assertThat(out).startsWith("65535\n65535\n");
            assertThat(gid(shared.resolve("new"))).isEqualTo(GROUP);
            assertThat(uid(shared.resolve("new"))).isEqualTo(OWN);
            assertThat(uid(shared)).isEqualTo(owner);
            run(MEMBER, with("touch /s/root; chmod 700 /s; chown 0 /s ||:", at(shared, "/s")));
            assertThat(uid(shared)).isEqualTo(owner);
            boolean changed = owner == OWN; // only what is the caller's is the container's
            assertThat((Integer) Files.getAttribute(shared, "unix:mode") & 0777)
                    .isEqualTo(changed ? 0700 : 0770);
        }
    }

    @Test
    void othersFilesCanBeReadAsAnybodyMayAndWrittenByNobody() throws Exception {
        var open = directory("open", 0, 01777);
        Files.writeString(open.resolve("readable"), "all");
        var of0 = Files.writeString(open.resolve("writable"), "all");
        Files.setPosixFilePermissions(of0, PosixFilePermissions.fromString("rw-rw-rw-"));
        var closed = Files.writeString(open.resolve("closed"), "secret");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rw-------"));
        var script =
                "cat /o/readable; touch /o/new 2>&1; cat /o/closed 2>&1; echo x > /o/writable;"
                        + " chown 0 /o/writable; chmod 777 /o/closed; mv /o/writable /o/x; ls /o";
        for (var caller : List.of(TestEngine.CALLER, ROOT)) {
            var out = run(caller, with(script, at(open, "/o")));
            assertThat(out).startsWith("all").doesNotContain("secret").doesNotContain("new\n");
            assertThat(out).endsWith("closed\nreadable\nwritable\n");
            assertThat(of0).hasContent("all");
        }
    }

    @Test
    void hostRootIsNobodyWhereItMountsItsOwnFilesAndIsTold() throws Exception {
        var roots = directory("roots", 0, 0755);
        var made = test.engine.create(ROOT, null, with("touch /r/x", at(roots, "/r")).build());
        assertThat(made.warnings()).singleElement().asString().contains("belongs to host root");
        test.engine.killAndDelete(ROOT, made.id(), true);
        assertThat(run(ROOT, with("touch /r/x 2>&1 || true", at(roots, "/r")))).contains("touch");
        assertThat(roots).isEmptyDirectory();
    }

    @Test
    void hostRootsContainersHaveTheFilesOfAnordinaryUserAsThatUser() throws Exception {
        run(ROOT, with("touch /d/new; stat -c %u /d", at(data, "/d")));
        assertThat(uid(data.resolve("new"))).isEqualTo(OWN);
    }

    @Test
    void whatHostRootNamesAndIsMissingIsMadeOfItsBlock() throws Exception {
        var missing = test.top.resolve("missing/deep");
        run(ROOT, with("touch /m/x; stat -c %u /m /m/x", at(missing, "/m")));
        var line = Files.readAllLines(test.etc.resolve("subuid")).getFirst();
        assertThat(line).isEqualTo("root:" + uid(missing) + ":65536");
        assertThat(uid(missing.resolve("x"))).isEqualTo(uid(missing));
        // and the next container has it again
        assertThat(run(ROOT, with("stat -c %u /m/x", at(missing, "/m")))).isEqualTo("0\n");
    }

    @Test
    void whatIsMissingIsMadeByTheCallerOrRefused() throws Exception {
        run(with("touch /m/x", at(data.resolve("a/b"), "/m")));
        assertThat(uid(data.resolve("a"))).isEqualTo(OWN);
        var roots = directory("roots", 0, 0755);
        assertThatThrownBy(() -> test.create(with("true", at(roots.resolve("x"), "/m"))))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("EACCES");
        assertThat(roots).isEmptyDirectory();
        var named =
                new BindMount(
                        data.resolve("no").toString(),
                        "/m",
                        Access.ALL,
                        true,
                        false,
                        BindMount.Owner.CONTAINERS_USER,
                        null,
                        null);
        assertThatThrownBy(() -> test.create(with("true", named)))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("bind source path does not exist");
    }

    @Test
    void aPathThatTheCallerMayNotGoIsRefused() throws Exception {
        var closed = directory("closed", 0, 0700);
        Files.createDirectory(closed.resolve("in"));
        assertThatThrownBy(() -> test.create(with("true", at(closed.resolve("in"), "/m"))))
                .isInstanceOf(EngineException.Denied.class);
        var link = Files.createSymbolicLink(data.resolve("link"), closed.resolve("in"));
        assertThatThrownBy(() -> test.create(with("true", at(link, "/m"))))
                .isInstanceOf(EngineException.Denied.class);
        assertThatThrownBy(() -> test.create(with("true", at(Path.of("/proc/self/cwd"), "/m"))))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("links of /proc are not followed");
    }

    @Test
    void theEnginesFilesAndOtherEnginesSocketsAreNotForContainers() throws Exception {
        for (var own : List.of(test.root, test.run, test.root.resolve("store"))) {
            assertThatThrownBy(() ->
                            test.engine.create(ROOT, null, with("true", at(own, "/m")).build()))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("the engine's own");
        }
        var socket = data.resolve("docker.sock");
        try (var server =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> test.create(with("true", at(socket, "/m"))))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("root on the host");
        }
    }

    @Test
    void noContainerIsAStrangerToTheEnginesSocket() throws Exception {
        var socket = test.run.resolve("socket");
        try (var server =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(socket));
            var spec = with("true", at(socket, "/var/run/docker.sock")).build();
            assertThat(test.engine.create(ROOT, null, spec).warnings()).isEmpty();
        }
    }

    @Test
    void aFileIsMountedAndAReadOnlyMountIsNotWritten() throws Exception {
        var file = Files.writeString(data.resolve("file"), "one");
        give(file, OWN, OWN);
        run(with("echo two > /etc/file", at(file, "/etc/file")));
        assertThat(file).hasContent("two");
        var readOnly = BindMount.of(data.toString(), "/d", Access.NOTHING);
        var script = "touch /d/x 2>&1; mount -o remount,rw /d 2>&1; touch /d/x; cat /d/file";
        assertThat(run(with(script, readOnly))).contains("Read-only").endsWith("two\n");
        assertThat(data.resolve("x")).doesNotExist();
    }

    @Test
    void everyMountIsIdmappedNosuidNodevAndPrivate() throws Exception {
        var out = run(with("cat /proc/self/mountinfo", at(data, "/d")));
        var line = out.lines().filter(l -> l.contains(" /d ")).findFirst().orElseThrow();
        assertThat(line).contains("nosuid", "nodev", "idmapped").doesNotContain("shared:");
    }

    @Test
    void whatIsMountedBelowIsMappedTooOrCovered() throws Exception {
        var below = Files.createDirectory(data.resolve("tmpfs"));
        var proc = Files.createDirectory(data.resolve("proc"));
        Files.writeString(proc.resolve("hidden"), "secret");
        give(data.resolve("tmpfs"), OWN, OWN);
        try {
            Mounts.mount("t", below.toString(), "tmpfs", 0, "mode=0700,uid=" + OWN + ",gid=" + OWN);
            Mounts.mount("p", proc.toString(), "proc", 0, "");
            give(Files.writeString(below.resolve("x"), "in tmpfs"), OWN, OWN);
            var script =
                    "cat /d/tmpfs/x; touch /d/tmpfs/y; ls -A /d/proc; umount /d/proc 2>&1; ls -A /d/proc";
            var out = run(with(script, at(data, "/d")));
            assertThat(out).startsWith("in tmpfs").doesNotContain("hidden").doesNotContain("self");
            assertThat(uid(below.resolve("y"))).isEqualTo(OWN);
            assertThatThrownBy(() -> run(with("true", at(proc, "/d"))))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("of type proc does not map ids");
        } finally {
            Mounts.detach(below);
            Mounts.detach(proc);
        }
    }

    @Test
    void anotherContainersBindMountsComeWithVolumesFrom() throws Exception {
        var id = test.create(with("true", at(data, "/d")));
        var spec = TestSpec.shell("touch /d/x 2>&1; touch /d/x || cat /proc/self/mountinfo");
        spec.volumesFrom = List.of(id + ":ro");
        assertThat(run(spec)).contains("Read-only").contains(" /d ");
        spec.volumesFrom = List.of(id);
        run(spec);
        assertThat(data.resolve("x")).exists();
    }

    @Test
    void aCallerInAContainerIsNobodyOnTheHost() throws Exception {
        var leased = new Caller(new Tenant(OWN), 1_879_050_000, 1_879_050_000, List.of(), true);
        assertThat(run(leased, with("ls /d 2>&1 || true", at(data, "/d")))).contains("denied");
        var open = directory("open", OWN, 0777);
        var out = run(leased, with("ls /d; touch /d/x 2>&1 || true", at(open, "/d")));
        assertThat(out).contains("touch");
        assertThat(open).isEmptyDirectory();
        assertThatThrownBy(() -> run(leased, with("true", at(open.resolve("new"), "/d"))))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("makes nothing there");
    }

    @Test
    void aLineOfSubordinateIdsThatIsNotTheUsersAloneIsRefused() throws Exception {
        Files.writeString(test.etc.resolve("subuid"), "test:200000:65536\nbob:265000:65536\n");
        assertThatThrownBy(() -> run(with("true", at(data, "/d"))))
                .hasMessageContaining("200000 to 265535")
                .hasMessageContaining("another user's");
    }

    @Test
    void aContainerThatIsStartedHasTheRightsOfWhoStartsIt() throws Exception {
        var shared = directory("shared", 0, 0755);
        give(shared, 0, GROUP);
        Files.setAttribute(shared, "unix:mode", 02770);
        var in = Files.createDirectory(shared.resolve("in"));
        var id = test.engine.create(MEMBER, null, with("true", at(in, "/s")).build()).id();
        // who has left the group has no way there any more
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.Denied.class);
        test.engine.start(MEMBER, id);
        assertThat(test.waitFor(id)).isZero();
    }

    @Test
    void whoStartsAContainerLendsItNothingForWhatACallerInAContainerNamed() throws Exception {
        var leased = new Caller(new Tenant(OWN), 1_879_050_000, 1_879_050_000, List.of(), true);
        var spec = with("touch /d/x 2>&1; ls /d 2>&1 || true", at(data, "/d"));
        var id = test.engine.create(leased, null, spec.build()).id();
        var client = test.attach(id, false);
        test.start(id); // its tenant's user itself
        assertThat(client.end().out()).contains("denied");
        assertThat(test.waitFor(id)).isZero();
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void whatAContainerMakesOfTheWayToItsSourceIsNotFollowed() throws Exception {
        var inner = Files.createDirectory(data.resolve("inner"));
        give(inner, OWN, OWN);
        var others = directory("others", OWN + 1, 0755);
        for (var caller : List.of(TestEngine.CALLER, ROOT)) {
            var spec = with("touch /d/x", at(inner, "/d"));
            var id = test.engine.create(caller, null, spec.build()).id();
            Files.delete(inner);
            Files.createSymbolicLink(inner, others);
            assertThatThrownBy(() -> test.engine.start(caller, id))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("since the container was created");
            Files.delete(inner);
            assertThatThrownBy(() -> test.engine.start(caller, id))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("not there any more");
            // somebody else's in its place is a stranger's, though root asks
            Files.createDirectory(inner);
            give(inner, OWN + 1, OWN + 1);
            test.engine.start(caller, id);
            try (var wait = test.engine.waitFor(caller, id, Engine.WaitFor.NOT_RUNNING)) {
                assertThat(wait.await().code()).isNotZero();
            }
            assertThat(inner).isEmptyDirectory();
            give(inner, OWN, OWN);
            test.engine.delete(caller, id, true);
        }
        assertThat(others).isEmptyDirectory();
    }

    @Test
    void moreBindMountsThanAContainerMayHaveAreRefused() {
        var many = new BindMount[129];
        for (int i = 0; i < many.length; i++) many[i] = at(data, "/d" + i);
        assertThatThrownBy(() -> test.create(with("true", many)))
                .hasMessageContaining("128 are the most");
    }

    @Test
    void whatAStartMountedIsGoneWithIt() throws Exception {
        var missing = data.resolve("gone");
        Files.createDirectory(missing);
        give(missing, OWN, OWN);
        var bind =
                new BindMount(
                        missing.toString(),
                        "/e",
                        Access.ALL,
                        true,
                        false,
                        BindMount.Owner.CONTAINERS_USER,
                        null,
                        null);
        var id = test.create(with("true", at(data, "/d"), bind));
        Files.delete(missing);
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.Invalid.class);
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(test.run.resolve("c").toString());
        try (var bundles = Dir.open(test.run.resolve("c"))) {
            assertThat(bundles.names()).isEmpty();
        }
    }
}
