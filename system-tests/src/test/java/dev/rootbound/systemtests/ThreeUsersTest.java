package dev.rootbound.systemtests;

import static dev.rootbound.systemtests.RestartTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/**
 * Scenarios 4, 6, 7, 11, 12, 17, 22, 23, 27 and 30, each by three users of the host at one socket,
 * with the stock docker CLI.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeUsersTest {
    private static final String BOX = "rootbound/busybox";
    private static final int COUNT = 3;

    private Daemon daemon;
    private TestUsers users;

    @BeforeAll
    void start() {
        daemon = Daemon.start();
        users = new TestUsers(daemon, COUNT);
    }

    @AfterEach
    void clear() {
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-f", id));
            docker.run("volume", "prune", "-af");
        }
    }

    @AfterAll
    void end() {
        daemon.close();
        users.close();
    }

    /** A container that lasts of each user, by name. */
    private List<String> running(String... options) {
        var names = new ArrayList<String>();
        for (int user = 0; user < COUNT; user++) {
            var line = new ArrayList<>(List.of(options));
            line.addAll(List.of(BOX, "sleep", "999"));
            names.add(users.docker(user).detached(line.toArray(String[]::new)));
        }
        return names;
    }

    private long firstId(int user, String name) throws IOException {
        var map = Path.of("/proc", "" + users.docker(user).pid(name), "uid_map");
        var fields = Files.readString(map).strip().split(" +");
        assertThat(fields[0] + " " + fields[2]).isEqualTo("0 65536");
        return Long.parseLong(fields[1]);
    }

    @Test
    void noTwoContainersOfAnyUsersShareAHostId() throws IOException {
        var firsts = new ArrayList<Long>();
        for (int round = 0; round < 2; round++) {
            var names = running();
            for (int user = 0; user < COUNT; user++) firsts.add(firstId(user, names.get(user)));
        }
        assertThat(firsts).doesNotHaveDuplicates().allMatch(id -> id % 65_536 == 0);
        for (int user = 0; user < COUNT; user++) {
            long uid = users.uid(user);
            assertThat(firsts).noneMatch(first -> uid >= first && uid < first + 65_536);
        }
    }

    @Test
    void whoNamesTenantContainerAndInsideId() throws IOException {
        var names = running();
        for (int user = 0; user < COUNT; user++) {
            var id = Long.toString(firstId(user, names.get(user)) + 7);
            assertThat(daemon.rootbound().run("who", id).ok().out())
                    .contains("uid 7 in container " + names.get(user), users.name(user));
            assertThat(users.rootbound(user).run("who", id).ok().out()).contains(names.get(user));
            int other = (user + 1) % COUNT;
            assertThat(users.rootbound(other).run("who", id).out()).doesNotContain(names.get(user));
        }
    }

    @Test
    void aProgramThatStartsAsRootAndDropsWorksForEachWithTheIdsThatItIsTold() throws IOException {
        var drops =
                """
                chown $PUID:$PGID /srv
                echo "app:x:$PUID:$PGID::/:/bin/sh" >> /etc/passwd
                exec su app -c 'touch /srv/x; exec sleep 999'
                """;
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            var options = List.of("-v", "srv:/srv", "-e", "PUID=1234", "-e", "PGID=99");
            var line = new ArrayList<>(options);
            line.addAll(List.of(BOX, "sh", "-c", drops));
            var name = docker.detached(line.toArray(String[]::new));
            var look = new String[] {"exec", name, "stat", "-c", "%u:%g", "/srv/x"};
            await(() -> docker.run(look).out().equals("1234:99"));
            assertThat(Files.getAttribute(Path.of("/proc/" + docker.pid(name)), "unix:uid"))
                    .isEqualTo((int) firstId(user, name) + 1234);
        }
    }

    @Test
    void theHostsUserNamespaceIsRefusedToEachWithTheReason() {
        for (int user = 0; user < COUNT; user++) {
            var refused = users.docker(user).run("run", "--rm", "--userns", "host", BOX, "true");
            assertThat(refused.ended(125).err())
                    .contains("refused to user " + users.name(user), "userns");
        }
    }

    @Test
    void aVolumeIsReadByTheNextContainerOfItsUserAndByNobodyElses() throws IOException {
        var leases = new ArrayList<Long>();
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            var write = "echo of " + user + " >/d/f; chown 7:8 /d/f; chmod 600 /d/f";
            docker.run("run", "--rm", "-v", "data:/d", BOX, "sh", "-c", write).ok();
            var name = docker.detached("-v", "data:/d", BOX, "sleep", "999");
            leases.add(firstId(user, name));
            assertThat(docker.run("exec", name, "cat", "/d/f").ok().out()).isEqualTo("of " + user);
            assertThat(docker.run("exec", name, "stat", "-c", "%u:%g", "/d/f").ok().out())
                    .isEqualTo("7:8");
            var stranger =
                    docker.run("run", "--rm", "-u", "9", "-v", "data:/d", BOX, "cat", "/d/f");
            assertThat(stranger.err()).contains("Permission denied");
        }
        assertThat(leases).doesNotHaveDuplicates();
    }

    @Test
    void nobodyListsTheStoreOrStatsALayer() {
        running();
        var store = daemon.root().resolve("store");
        for (int user = 0; user < COUNT; user++) {
            for (var command : List.of("ls " + store, "stat " + store.resolve("l") + "/*")) {
                assertThat(users.tries(user, command).code()).as(command).isNotZero();
            }
            var found =
                    Shell.run("find", store.toString(), "-uid", "" + users.uid(user)).ok().out();
            assertThat(found).isEmpty();
        }
    }

    @Test
    void eachSeesItsOwnOnlyAndRootTooUntilItAsks() {
        var names = running();
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            docker.run("volume", "create", "v" + user).ok();
            docker.run("tag", BOX, "own:" + user).ok();
        }
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            assertThat(docker.run("ps", "-a", "--format", "{{.Names}}").ok().out())
                    .isEqualTo(names.get(user));
            assertThat(docker.run("volume", "ls", "-q").ok().out()).isEqualTo("v" + user);
            assertThat(docker.run("images", "-q", "own").ok().out().lines()).hasSize(1);
            for (int other = 0; other < COUNT; other++) {
                if (other == user) continue;
                var theirs = names.get(other);
                for (var line :
                        new String[][] {
                            {"exec", theirs, "id"},
                            {"stop", theirs},
                            {"logs", theirs},
                            {"cp", theirs + ":/etc/passwd", "-"},
                            {"rm", "-f", theirs}
                        }) {
                    assertThat(docker.run(line).err()).contains("No such container: " + theirs);
                }
                assertThat(docker.run("volume", "rm", "v" + other).err())
                        .contains("no such volume");
            }
        }
        var root = daemon.docker();
        assertThat(root.run("ps", "-aq").ok().out()).isEmpty();
        var all = root.run("ps", "--filter", "tenant=*", "--format", "{{.Names}}").ok().out();
        names.forEach(name -> assertThat(all).contains(name));
        root.run("stop", "-t", "0", users.name(1) + "/" + names.get(1)).ok();
        assertThat(users.docker(1).run("ps", "-q").ok().out()).isEmpty();
    }

    @Test
    void whoJoinsHasThatOnesIdsAndAnothersIsNotThere() throws IOException {
        var names = running("--ipc", "shareable");
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            var own = names.get(user);
            for (var kind : List.of("--network", "--ipc", "--pid")) {
                var line = new String[] {kind, "container:" + own, BOX, "sleep", "999"};
                var joined = docker.detached(line);
                assertThat(firstId(user, joined)).isEqualTo(firstId(user, own));
                var theirs = "container:" + names.get((user + 1) % COUNT);
                assertThat(docker.run("run", "--rm", kind, theirs, BOX, "true").err())
                        .containsIgnoringCase("no such container");
            }
        }
    }

    @Test
    void proveHoldsForEachAndTellsNobodyOfAnothers() {
        var names = running("--privileged");
        for (int user = 0; user < COUNT; user++) {
            users.rootbound(user).run("prove", names.get(user)).ok();
            var another = users.rootbound(user).run("prove", names.get((user + 1) % COUNT));
            assertThat(another.code()).isNotZero();
            assertThat(another.err()).contains("No such container");
        }
        daemon.rootbound().run("prove", "--all", "--all-tenants").ok();
    }

    @Test
    void hostsHostnameAndResolvConfAreWritableAndMadeAnewAtEachStart() {
        var names = running();
        for (int user = 0; user < COUNT; user++) {
            var docker = users.docker(user);
            var name = names.get(user);
            var write =
                    "for f in hosts hostname resolv.conf; do echo '# mine' >>/etc/$f || exit 1; done";
            docker.run("exec", name, "sh", "-c", write).ok();
            docker.run("restart", "-t", "0", name).ok();
            var read =
                    docker.run(
                            "exec", name, "cat", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf");
            assertThat(read.ok().out()).contains("localhost").doesNotContain("# mine");
        }
    }
}
