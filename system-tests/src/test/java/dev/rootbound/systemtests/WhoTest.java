package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Scenario 6: {@code who} names tenant, container and inside id of a host's uid, process or file,
 * and {@code ids} which ids are whose; to each tenant of its own only.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhoTest {
    private final Path directory = Daemon.directory();
    private final Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");
    private final Cli rootbound = new Cli("rootbound", ours());
    private final List<String> users = new ArrayList<>();
    private final Cli alice = user("alice");
    private final Cli bob = user("bob");

    private List<String> ours() {
        return List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address());
    }

    /** A user of the host, and ./rootbound as that user. */
    private Cli user(String name) {
        var user = "rbt-" + ProcessHandle.current().pid() % 100_000 + "-" + name;
        Shell.run("useradd", "--system", "--no-create-home", "--user-group", user).ok();
        users.add(user);
        var line = new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user));
        line.addAll(List.of("--clear-groups", "sh", "-c", "exec \"$@\"", "-"));
        line.addAll(ours());
        return new Cli(user, line);
    }

    @BeforeAll
    void image() {
        for (var each : List.of(rootbound, alice, bob))
            each.run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterEach
    void clear() {
        for (var each : List.of(rootbound, alice, bob))
            each.run("ps", "-aq").out().lines().forEach(id -> each.run("rm", "-fv", id));
    }

    @AfterAll
    void end() {
        daemon.close();
        for (var user : users) Shell.run("userdel", user).ok();
    }

    private static String sleeping(Cli cli) {
        return cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
    }

    private static JsonNode json(Result result) {
        return JsonMapper.shared().readTree(result.ok().stdout());
    }

    private static String id(String user) {
        return Shell.run("id", "-u", user).ok().out();
    }

    @Test
    void aHostUidIsATenantsContainersInsideId() {
        var name = sleeping(alice);
        var lease = new HostProcess(alice.pid(name)).lease();
        var owner = json(rootbound.run("who", "--format", "json", "" + (lease.first() + 500)));
        assertThat(owner.get("Kind").asString()).isEqualTo("container");
        assertThat(owner.get("Name").asString()).isEqualTo(name);
        assertThat(owner.get("Tenant").asString()).isEqualTo(id(alice.name()));
        assertThat(owner.get("Inside").asLong()).isEqualTo(500);
        assertThat(alice.run("who", "" + lease.first()).ok().out())
                .startsWith("uid " + lease.first() + " is uid 0 in container " + name)
                .endsWith("of tenant " + alice.name() + " (" + id(alice.name()) + ")");
    }

    @Test
    void aProcessIsToldByItsPidOnTheHost() {
        var name = sleeping(alice);
        var pid = alice.pid(name);
        assertThat(alice.run("who", "--pid", "" + pid).ok().out().lines().findFirst().orElseThrow())
                .startsWith("pid " + pid + ", which is pid 1 in " + name + ",")
                .contains("is uid 0 in container " + name);
        assertThat(rootbound.run("who", "--pid", "" + ProcessHandle.current().pid()).ok().out())
                .contains("is the host's user root");
        assertThat(rootbound.run("who", "--pid", "4194305").ended(1).err())
                .contains("No such process: 4194305");
    }

    @Test
    void aFileIsToldByItsOwnersAndWhereItIs() throws Exception {
        var name = sleeping(alice);
        alice.run("exec", "-u", "500:50", name, "touch", "/tmp/mine").ok();
        var id = alice.inspect(name).get("Id").asString();
        var file = daemon.root().resolve("store/c/" + id + "/u/tmp/mine");
        assertThat(rootbound.run("who", file.toString()).ok().out())
                .contains(file + " is uid 500 in container " + name)
                .contains(file + " is gid 50 in container " + name);
        assertThat(rootbound.run("who", "/etc/passwd").ok().out())
                .contains("/etc/passwd is the host's user root");
        var theirs = Files.createFile(directory.resolve("theirs"));
        Shell.run("chown", alice.name(), theirs.toString()).ok();
        assertThat(rootbound.run("who", theirs.toString()).ok().out())
                .contains("is the host's user " + alice.name());
    }

    @Test
    void aFileIsLookedAtByWhoAsks() {
        assertThat(alice.run("who", daemon.root() + "/store/c").ended(1).err())
                .contains("Permission denied");
    }

    @Test
    void whatIsNoContainersIsToldToo() {
        assertThat(rootbound.run("who", "0").ok().out()).isEqualTo("uid 0 is the host's user root");
        assertThat(rootbound.run("who", "2147352583").ok().out())
                .contains("files in the store: uid 7 inside");
        assertThat(rootbound.run("who", "4000000000").ok().out())
                .isEqualTo("uid 4000000000 is nobody's");
        assertThat(rootbound.run("who", "4294967295").ended(1).err()).contains("4294967294");
        assertThat(rootbound.run("who", "root").ended(1).err()).contains("a path has a slash");
    }

    @Test
    void anotherTenantsContainerIsAnotherTenantsAndNothingElse() {
        var name = sleeping(alice);
        var pid = alice.pid(name);
        var lease = new HostProcess(pid).lease();
        for (var asked :
                List.of(
                        bob.run("who", "--format", "json", "" + lease.first()),
                        bob.run("who", "--format", "json", "--pid", "" + pid)))
            assertThat(asked.ok().out())
                    .contains("another tenant's")
                    .doesNotContain(name)
                    .doesNotContain(alice.name())
                    .doesNotContain("pid 1 in")
                    .doesNotContain("\"Tenant\":" + id(alice.name()));
        assertThat(bob.run("prove", name).ended(1).err()).contains("No such container");
        assertThat(bob.run("prove", "--all").out()).doesNotContain(name);
        assertThat(rootbound.run("prove", "--all-tenants").ok().out()).contains(name + ": holds");
        assertThat(rootbound.run("prove", "--all").out()).doesNotContain(name);
    }

    @Test
    void idsShowsTheLeasesThePoolAndTheirOwners() {
        var name = sleeping(alice);
        var lease = new HostProcess(alice.pid(name)).lease();
        var said = rootbound.run("ids", "--all-tenants");
        assertThat(said.out())
                .containsPattern(
                        lease.first() + " +\\d+ +65536 +lease +" + alice.name() + " +" + name)
                .containsPattern("pool +rootbound")
                .containsPattern("2147352576 +2147418111 +65536 +store");
        assertThat(rootbound.run("ids").out()).contains(alice.name()).doesNotContain(name);
        var drawn = rootbound.run("ids", "--draw").out().lines().toList();
        assertThat(drawn).hasSize(17);
        assertThat(drawn.get(7)).startsWith("1879048192 ").contains("L");
        assertThat(json(rootbound.run("ids", "--format", "json")).get("Ranges").size())
                .isGreaterThan(3);
    }

    @Test
    void idsShowsATenantItsOwnOnly() {
        var name = sleeping(alice);
        var own = sleeping(bob);
        var said = bob.run("ids").ok().out();
        assertThat(said).contains(own).doesNotContain(name).doesNotContain(alice.name());
        assertThat(said.lines()).hasSize(2);
    }

    @Test
    void aConflictIsToldAndIsTheExitStatus() {
        var name = sleeping(alice);
        var id = new HostProcess(alice.pid(name)).lease().first() + 3;
        var user = "rbt-" + ProcessHandle.current().pid() % 100_000 + "-clash";
        Shell.run("useradd", "--system", "--no-create-home", "--uid", "" + id, user).ok();
        try {
            assertThat(rootbound.run("ids", "--all-tenants").ended(1).err())
                    .contains("conflict: container " + name)
                    .contains("id " + id + " is user " + user);
        } finally {
            Shell.run("userdel", user).ok();
        }
    }
}
