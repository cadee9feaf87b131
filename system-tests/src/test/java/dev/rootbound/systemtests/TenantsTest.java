package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scenario 13: an image that three users of the host have is on disk once, and is each one's. */
@Tag("system")
class TenantsTest {
    private static final long LITTLE = 256 << 10;

    private final Path directory = Daemon.directory();
    private final Daemon daemon = Daemon.start(directory, directory.resolve("root"), "");
    private final TestUsers users = new TestUsers(daemon, 3);

    @AfterEach
    void end() {
        daemon.close();
        users.close();
    }

    private Cli docker(int user) {
        return users.docker(user);
    }

    private Path image() {
        var bytes = new byte[8 << 20];
        new Random(13).nextBytes(bytes);
        var noise = new Layer().file("noise", Layer.Meta.mode(0644), bytes);
        return Archive.write(directory, "shared:1", "\"Cmd\":[\"sh\"]", TestImage.busybox(), noise);
    }

    @Test
    void anImageOfThreeUsersIsOnDiskOnceAndEachHasItsOwnNames() {
        try (var registry = TestRegistry.open()) {
            var archive = image();
            var name = registry.image("shared:1");
            var from = "docker-archive:" + archive;
            Shell.run("skopeo", "copy", "-q", "--dest-tls-verify=false", from, "docker://" + name)
                    .ok();
            long empty = size();
            take(0, name, archive);
            long one = size() - empty;
            assertThat(one).isGreaterThan(16 << 20); // an archive and what was unpacked
            take(1, name, archive);
            take(2, name, archive);
            assertThat(size() - empty).isLessThan(one + LITTLE);
            eachHasItsOwnNames(name);
            eachGoesOnItsOwn(name, empty, one);
        }
    }

    private void take(int user, String name, Path archive) {
        docker(user).run("pull", "-q", name).ok();
        docker(user).run("load", "-q", "-i", archive.toString()).ok();
        docker(user).run("tag", name, "of-" + user + ":1").ok();
    }

    private void eachHasItsOwnNames(String name) {
        for (int user = 0; user < 3; user++) {
            assertThat(names(user))
                    .containsExactlyInAnyOrder(name, "shared:1", "of-" + user + ":1");
            var others = "of-" + (user + 1) % 3 + ":1";
            assertThat(docker(user).run("inspect", others).ended(1).err()).contains("No such");
            assertThat(docker(user).run("rmi", others).ended(1).err()).contains("No such image");
        }
        assertThat(daemon.docker().run("images", "-q").ok().out()).isEmpty();
    }

    private List<String> names(int user) {
        return docker(user)
                .run("images", "--format", "{{.Repository}}:{{.Tag}}")
                .ok()
                .out()
                .lines()
                .toList();
    }

    private void eachGoesOnItsOwn(String name, long empty, long one) {
        var id = docker(0).inspectImage(name).get("Id").asString();
        for (int user = 0; user < 3; user++) {
            assertThat(size() - empty).isGreaterThan(one - LITTLE);
            var said = docker(user).run("run", "--rm", name, "echo", "mine").ok().out();
            assertThat(said).isEqualTo("mine");
            docker(user).run("rmi", "-f", id).ok();
            assertThat(docker(user).run("images", "-q").ok().out()).isEmpty();
            assertThat(Invariants.broken(daemon, new HashSet<>())).as(daemon.log()).isEmpty();
        }
        assertThat(size() - empty).isLessThan(LITTLE);
    }

    /** Bytes of the store on disk. */
    private long size() {
        var said = Shell.run("du", "-s", "-B1", daemon.root().toString()).ok().out();
        return Long.parseLong(said.replaceFirst("\\s.*", ""));
    }
}
