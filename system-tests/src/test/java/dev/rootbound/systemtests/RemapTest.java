package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scenario 5: Docker's map of the whole daemon, switched on, off and to another range. */
@SystemTest
class RemapTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    private static final String EMBEDDED = "rootbound/busybox";

    @BeforeAll
    static void makeUser() {
        Shell.run("useradd", "--system", "--no-create-home", "--user-group", "rbt-remap").ok();
    }

    @AfterAll
    static void removeUser() {
        Shell.run("userdel", "rbt-remap").ok();
    }

    private static String map(Cli cli, String container) throws Exception {
        return Files.readString(Path.of("/proc/" + cli.pid(container) + "/uid_map"))
                .replaceAll("[ \t]+", " ")
                .strip();
    }

    @Test
    void allContainersHaveOneRangeAndNothingIsLostWhenItChanges() throws Exception {
        var directory = Daemon.directory();
        var lines = "rbt-remap:100000:65536\nrootbound:1610612736:655360\n";
        var subids = Files.writeString(directory.resolve("subids"), lines);
        var bind = Daemon.subids(subids);
        var off = Daemon.start(directory, directory.resolve("root"), bind);
        off.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
        var own = off.docker().detached("-v", "vol:/v", IMAGE, "sleep", "9999");
        off.docker().run("exec", own, "sh", "-c", "echo kept > /v/f; echo kept > /own").ok();
        var lease = map(off.docker(), own);
        off.stop();

        var on = Daemon.start(directory, off.root(), bind, List.of("--userns-remap", "rbt-remap"));
        var docker = on.docker();
        assertThat(map(docker, own)).as("runs on as it was").isEqualTo(lease);
        var one = docker.detached("-v", "vol:/v", IMAGE, "sleep", "9999");
        var two = docker.detached("-u", "5", IMAGE, "sleep", "9999");
        var auto = rootbound(on).detached("--userns", "auto", IMAGE, "sleep", "9999");
        for (var each : List.of(one, two)) {
            assertThat(map(docker, each)).isEqualTo("0 100000 65536");
        }
        assertThat(map(docker, auto)).isNotEqualTo("0 100000 65536").isNotEqualTo(lease);
        assertThat(docker.inspect(one).at("/Rootbound/UidMappings/0/HostID").asInt())
                .isEqualTo(100_000);
        assertThat(docker.run("info").ok().out())
                .contains("Ids of all containers: rbt-remap: 100000 to 165535");
        assertThat(docker.run("exec", one, "cat", "/v/f").ok().out()).isEqualTo("kept");
        docker.run("restart", "-t0", own).ok();
        assertThat(map(docker, own)).isEqualTo("0 100000 65536");
        assertThat(docker.run("exec", own, "cat", "/own").ok().out()).isEqualTo("kept");
        assertThat(rootbound(on).run("prove", one).out()).contains("uid_map 0 100000 65536");
        on.stop();

        Files.writeString(
                subids,
                "rbt-remap:300000:10\nrbt-remap:400000:65000\n"
                        + lines.lines().toList().get(1)
                        + "\n");
        var other =
                Daemon.start(
                        directory,
                        off.root(),
                        bind,
                        List.of("--userns-remap", "rbt-remap:rbt-remap"));
        docker = other.docker();
        assertThat(map(docker, two)).as("runs on as it was").isEqualTo("0 100000 65536");
        docker.run("exec", "-u", "0", two, "true").ok();
        docker.run("restart", "-t0", one).ok();
        assertThat(map(docker, one)).isEqualTo("0 300000 10\n 10 400000 65000");
        assertThat(docker.run("exec", one, "cat", "/v/f").ok().out()).isEqualTo("kept");
        other.stop();

        var again = Daemon.start(directory, off.root(), bind);
        docker = again.docker();
        docker.run("restart", "-t0", one, two).ok();
        assertThat(map(docker, one)).startsWith("0 1610");
        assertThat(map(docker, two)).startsWith("0 1610").isNotEqualTo(map(docker, one));
        again.close();
    }

    @Test
    void threeUsersContainersHaveTheOneRangeAndKeepTheirFilesWhenItGoes() throws Exception {
        var directory = Daemon.directory();
        var subids =
                Files.writeString(directory.resolve("subids"), "rootbound:1610612736:655360\n");
        var bind = Daemon.subids(subids);
        var daemon = Daemon.start(directory, directory.resolve("root"), bind);
        try (var users = new TestUsers(daemon, 3)) {
            var boxes = new ArrayList<String>();
            for (int user = 0; user < 3; user++) {
                var docker = users.docker(user);
                boxes.add(docker.detached("-v", "vol:/v", EMBEDDED, "sleep", "9999"));
                var write = "echo $(hostname) | tee /v/f > /own";
                docker.run("exec", boxes.get(user), "sh", "-c", write).ok();
            }
            var range = "rbt-remap:100000:65536\n";
            Files.writeString(subids, range, StandardOpenOption.APPEND);
            for (var options : List.of(List.of("--userns-remap", "rbt-remap"), List.<String>of())) {
                daemon.stop();
                daemon = Daemon.start(directory, daemon.root(), bind, options);
                var maps = new HashSet<String>();
                for (int user = 0; user < 3; user++) {
                    var docker = users.docker(user);
                    var box = boxes.get(user);
                    docker.run("restart", "-t0", box).ok();
                    maps.add(map(docker, box));
                    var kept = docker.run("exec", box, "cat", "/v/f", "/own").ok().out();
                    var name = docker.run("exec", box, "hostname").ok().out();
                    assertThat(kept.lines()).containsExactly(name, name);
                    assertThat(docker.run("ps", "-aq", "--no-trunc").ok().out())
                            .isEqualTo(docker.inspect(box).get("Id").asString());
                }
                if (options.isEmpty()) assertThat(maps).hasSize(3);
                else assertThat(maps).containsExactly("0 100000 65536");
            }
            for (int user = 0; user < 3; user++) {
                users.docker(user).run("rm", "-f", boxes.get(user)).ok();
            }
        } finally {
            daemon.close();
        }
    }

    private static Cli rootbound(Daemon daemon) {
        return new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", daemon.address()));
    }
}
