package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenarios 8, 9, 10 and 29: host paths of three users of the host in their containers. */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BindMountsTest {
    private static final String IMAGE = "rootbound/busybox";
    private static final int ALICE = 0;
    private static final int BOB = 1;
    private static final int CAROL = 2;
    private static final long POOL = 1_879_048_192L;
    private static final long POOL_SIZE = 268_304_384L;

    private final Path directory = Daemon.directory();
    private final Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");
    private final TestUsers users = new TestUsers(daemon, 3);
    private final Cli root = new Cli("docker", List.of("docker", "-H", daemon.address()));

    @AfterAll
    void end() {
        daemon.close();
        users.close();
    }

    private Path home(int user) {
        var home = directory.resolve("home-" + user);
        var name = users.name(user);
        Shell.run("install", "-d", "-o", name, "-g", name, "-m", "700", home.toString()).ok();
        return home;
    }

    private List<Cli> everyone() {
        return List.of(root, users.docker(ALICE), users.docker(BOB), users.docker(CAROL));
    }

    private static String shell(Cli cli, Path source, String script, String... options) {
        return run(cli, source, script, options).ok().out();
    }

    private static Result run(Cli cli, Path source, String script, String... options) {
        var line = new ArrayList<>(List.of("run", "--rm", "-v", source + ":/data"));
        line.addAll(List.of(options));
        line.addAll(List.of(IMAGE, "sh", "-c", script));
        return cli.run(line.toArray(String[]::new));
    }

    private static long uid(Path path) throws IOException {
        return Integer.toUnsignedLong((Integer) Files.getAttribute(path, "unix:uid"));
    }

    /** The first of the user's subordinate uids. */
    private long block(int user) {
        return Shell.run("grep", "^" + users.name(user) + ":", "/etc/subuid")
                .ok()
                .out()
                .lines()
                .mapToLong(line -> Long.parseLong(line.split(":")[1]))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {ALICE, BOB, CAROL})
    void filesOfAUserAreTheirsOnBothSidesAndNobodyChownsThem(int who) throws Exception {
        var home = home(who);
        var docker = users.docker(who);
        users.run(who, "echo hers > " + home + "/file; chmod 600 " + home + "/file");
        for (var user : List.of("0", "1000:1000", "500")) {
            var out =
                    shell(
                            docker,
                            home,
                            "cat /data/file; echo x > /data/" + user + "; stat -c %u /data/file",
                            "-u",
                            user);
            assertThat(out).isEqualTo("hers\n" + user.split(":")[0]);
            assertThat(uid(home.resolve(user))).isEqualTo(users.uid(who));
        }
        assertThat(shell(users.rootbound(who), home, "cat /data/file")).isEqualTo("hers");
        assertThat(run(users.docker((who + 1) % 3), home, "cat /data/file").code()).isNotZero();
    }

    @Test
    void copiesThroughAliceMountsAreHersAndNobodyElses() throws Exception {
        var home = home(ALICE);
        users.run(ALICE, "echo hers > " + home + "/file; chmod 600 " + home + "/file");
        var of = users.docker(ALICE).detached("-v", home + ":/data", IMAGE, "sleep", "9999");
        for (var alice : List.of(users.docker(ALICE), users.rootbound(ALICE))) {
            assertThat(alice.run("cp", of + ":/data/file", "-").ok().out()).contains("hers");
            alice.run("cp", "/etc/hostname", of + ":/data/copy").ok();
            assertThat(uid(home.resolve("copy"))).isEqualTo(users.uid(ALICE));
            Files.delete(home.resolve("copy"));
        }
        var etc = users.docker(ALICE).detached("-v", "/etc:/etc-host", IMAGE, "sleep", "9999");
        var shadow = users.docker(ALICE).run("cp", etc + ":/etc-host/shadow", "-");
        assertThat(shadow.code()).isNotZero();
        assertThat(shadow.out()).doesNotContain("root:");
        assertThat(users.docker(ALICE).run("cp", "/etc/hostname", etc + ":/etc-host/x").code())
                .isNotZero();
        users.docker(ALICE).run("rm", "-f", of, etc).ok();
    }

    @Test
    void aVolumeOfADirectoryIsOpenedAsItsMaker() {
        var home = home(ALICE);
        var options =
                List.of(
                        "-o",
                        "type=none",
                        "-o",
                        "o=bind",
                        "-o",
                        "device=" + home.resolve("volume"));
        users.run(ALICE, "mkdir " + home + "/volume");
        var create = new ArrayList<>(List.of("volume", "create"));
        create.addAll(options);
        create.add("homex");
        var line = create.toArray(String[]::new);
        assertThat(users.docker(BOB).run(line).err()).contains("EACCES");
        users.docker(ALICE).run(line).ok();
        users.docker(ALICE)
                .run("run", "--rm", "-v", "homex:/d", "-u", "500", IMAGE, "touch", "/d/y")
                .ok();
        assertThat(Shell.run("stat", "-c", "%u", home + "/volume/y").ok().out())
                .isEqualTo("" + users.uid(ALICE));
        users.docker(ALICE).run("volume", "rm", "homex").ok();
    }

    @ParameterizedTest
    @ValueSource(ints = {ALICE, BOB, CAROL})
    void filesOfTheirGroupsAreTheirsToWriteAlsoInDirectoriesThatSetTheGroup(int who)
            throws Exception {
        var project = directory.resolve("project-" + who);
        var group = users.name((who + 1) % 3);
        Shell.run("install", "-d", "-g", group, "-m", "2770", project.toString()).ok();
        assertThat(run(users.docker(who), project, "touch /data/x").code()).isNotZero();
        var member = users.as(who, "--groups=" + group, "docker");
        shell(member, project, "touch /data/new; mkdir /data/deep", "-u", "1000:1000");
        shell(member, project, "touch /data/deep/root");
        assertThat(uid(project.resolve("new"))).isEqualTo(users.uid(who));
        for (var path : List.of("new", "deep", "deep/root")) {
            assertThat(Shell.run("stat", "-c", "%G", project.resolve(path).toString()).ok().out())
                    .isEqualTo(group);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ALICE, BOB, CAROL})
    void whatAContainerGivesToOthersIsInItsUsersSubordinateIdsAndOthersContainersAreStrangersThere(
            int who) throws Exception {
        int other = (who + 1) % 3;
        var home = home(who);
        users.run(who, "chmod 711 " + home);
        shell(
                users.docker(who),
                home,
                "mkdir /data/pg; echo secret > /data/pg/file; chown -R 999:999 /data/pg;"
                        + " chmod -R 0700 /data/pg");
        assertThat(uid(home.resolve("pg/file"))).isEqualTo(block(who) + 999);
        var script = "cat /data/pg/file; touch /data/x; chown 0 /data/pg; chmod 777 /data/pg";
        for (var user : List.of("0", "999:999")) {
            var others = run(users.docker(other), home, script, "-u", user);
            assertThat(others.code()).isNotZero();
            assertThat(others.out()).doesNotContain("secret");
        }
        assertThat(Files.exists(home.resolve("x"))).isFalse();
        assertThat(shell(users.docker(who), home, "cat /data/pg/file")).isEqualTo("secret");
        assertThat(block(other)).isNotEqualTo(block(who));
    }

    @ParameterizedTest
    @ValueSource(ints = {ALICE, BOB, CAROL})
    void aSetUserIdProgramThatIsLeftGivesNothingThatItsUserCouldNotGive(int who) throws Exception {
        var home = home(who);
        users.run(who, "chmod 755 " + home);
        var script = "cp /bin/busybox /data/su; chmod 6755 /data/su; cp /data/su /data/id;";
        var seen =
                shell(
                        users.docker(who),
                        home,
                        script + "chown 5:5 /data/id; chmod 6755 /data/id; /data/id -u");
        assertThat(seen).as("nosuid inside").isEqualTo("0");
        assertThat(uid(home.resolve("su"))).isEqualTo(users.uid(who));
        assertThat(uid(home.resolve("id"))).isEqualTo(block(who) + 5);
    }

    @Test
    void theWholeHostCanBeReadAsAStrangerAndNothingOfItIsWritten() throws Exception {
        var before = leased();
        var canary = Files.writeString(directory.resolve("canary"), "canary");
        Shell.run("chmod", "666", canary.toString()).ok();
        var program = Files.writeString(directory.resolve("program"), "program");
        Shell.run("chmod", "755", program.toString()).ok();
        var secret = Files.writeString(directory.resolve("secret"), "secret");
        Shell.run("chmod", "600", secret.toString()).ok();
        var name = "rbt-attack-" + ProcessHandle.current().pid();
        var script =
                """
                cat /data/etc/hostname > /dev/null && echo readable
                cp /data/bin/cat /tmp/cat && chmod 4711 /tmp/cat
                for place in / /tmp /var/tmp /dev/shm /root /etc /home /run /bin; do
                    touch /data$place/NAME && echo "wrote $place"
                    mkdir /data$place/NAME.d && echo "made $place"
                    ln -s /x /data$place/NAME.l && echo "linked $place"
                done
                cp /tmp/cat /dataPROGRAM && echo overwrote
                mv /tmp/cat /dataPROGRAM && echo moved
                chmod 4777 /dataPROGRAM && echo chmod
                chown 0:0 /dataPROGRAM && echo chown
                echo x > /dataCANARY && echo wrote canary
                rm /dataCANARY && echo removed canary
                cat /dataSECRET
                ls -d /dataRUN/c/* /dataROOT/* && echo engine
                """
                        .replace("NAME", name)
                        .replace("CANARY", canary.toString())
                        .replace("PROGRAM", program.toString())
                        .replace("SECRET", secret.toString())
                        .replace("RUN", directory + "/run")
                        .replace("ROOT", directory + "/root");
        for (var cli : everyone()) {
            var out = run(cli, Path.of("/"), script, "--privileged").out();
            assertThat(out).as(cli.toString()).isEqualTo("readable");
        }
        assertThat(canary).hasContent("canary");
        assertThat(program).hasContent("program");
        assertThat(Files.getPosixFilePermissions(program)).hasSize(7); // rwxr-xr-x
        for (var place : List.of("/", "/tmp", "/var/tmp", "/dev/shm", "/root", "/etc", "/home")) {
            assertThat(Path.of(place).resolve(name)).doesNotExist();
            assertThat(Path.of(place).resolve(name + ".d")).doesNotExist();
        }
        assertThat(leased()).as("inodes outside the store that have a leased id").isEqualTo(before);
    }

    /** Of the places where everybody may write. */
    private static Set<String> leased() {
        var uids = "-uid +" + (POOL - 1) + " -uid -" + (POOL + POOL_SIZE);
        var found =
                Shell.run(
                        "sh",
                        "-c",
                        "find / /bin /tmp /var/tmp /dev/shm /home /root /etc /run -maxdepth 1 "
                                + uids);
        return found.out().lines().collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatContainersLeftIsTakenOverAndLookedAfterByItsUser() throws Exception {
        var home = home(ALICE);
        shell(
                users.docker(ALICE),
                home,
                "mkdir -p /data/a/b; touch /data/a/b/c; chown -R 999:998 /data/a");
        var rootbound = Shell.CHECKOUT + "/rootbound ";
        var seen = users.run(ALICE, rootbound + "unshare stat -c %u:%g " + home + "/a/b/c");
        assertThat(seen).isEqualTo("999:998");
        users.run(ALICE, rootbound + "unshare rm " + home + "/a/b/c");
        users.run(ALICE, rootbound + "adopt " + home + "/a");
        assertThat(uid(home.resolve("a/b"))).isEqualTo(users.uid(ALICE));
        // of others' files she takes nothing
        Files.createFile(home.resolve("a/of-root"));
        Shell.run(Shell.CHECKOUT + "/rootbound", "unshare", "true").ok();
        assertThat(users.tries(ALICE, rootbound + "adopt " + home + "/a").code()).isNotZero();
        assertThat(uid(home.resolve("a/of-root"))).isZero();
    }

    @Test
    void rootGivesItsFilesToItsContainersAndUsersKeepTheirs() throws Exception {
        var data = Files.createDirectory(directory.resolve("adopted"));
        Files.createFile(data.resolve("of-root"));
        Files.createFile(data.resolve("of-54321"));
        Shell.run("chown", "54321:54321", data.resolve("of-54321").toString()).ok();
        Files.createFile(data.resolve("of-alice"));
        Shell.run("chown", users.name(ALICE), data.resolve("of-alice").toString()).ok();
        Files.createFile(directory.resolve("canary-link"));
        Files.createSymbolicLink(data.resolve("link"), directory.resolve("canary-link"));
        Files.createLink(data.resolve("hard"), directory.resolve("canary-link"));
        assertThat(run(root, data, "touch /data/x").code()).isNotZero();
        var said = Shell.run(Shell.CHECKOUT + "/rootbound", "adopt", data.toString()).ok().out();
        assertThat(said).contains("4 given", "1 left to users", "1 left that have other names");
        var seen = shell(root, data, "touch /data/x; stat -c %u /data/of-root /data/of-54321");
        assertThat(seen).isEqualTo("0\n54321");
        assertThat(uid(data.resolve("of-alice"))).isEqualTo(users.uid(ALICE));
        assertThat(uid(directory.resolve("canary-link"))).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {ALICE, BOB, CAROL})
    void theSocketInAContainerActsAsItsTenantAndIsNotRoot(int who) throws Exception {
        var home = home(who);
        var cli = Shell.run("sh", "-c", "command -v docker").ok().out();
        var socket = directory.resolve("socket");
        var others = new ArrayList<String>();
        for (var each : everyone()) others.add(each.detached(IMAGE, "sleep", "999"));
        var script = "docker -H unix:///data ps -a --format '{{.Names}}'";
        var docker = users.docker(who);
        var own = others.remove(1 + who);
        var line =
                new String[] {
                    "run",
                    "--rm",
                    "-v",
                    socket + ":/data",
                    "-v",
                    cli + ":/usr/bin/docker:ro",
                    "-e",
                    "DOCKER_CONFIG=/nonexistent",
                    IMAGE,
                    "sh",
                    "-c",
                    script
                };
        var seen = docker.run(line).ok().out();
        assertThat(seen).contains(own).doesNotContain(others);
        // what it makes there is its tenant's; on the host it is nobody
        line[line.length - 1] =
                "docker -H unix:///data run --rm -v " + home + ":/h rootbound/busybox ls /h";
        var inner = docker.run(line);
        assertThat(inner.code()).isNotZero();
        assertThat(inner.err()).contains("denied");
    }
}
