package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may talk to the engine at all. */
@Tag("system")
class AccessTest {
    private static String openTo(Daemon daemon) {
        var socket = daemon.address().substring("unix://".length());
        return Shell.run("stat", "-c", "%a %U %G", socket).ok().out();
    }

    @Test
    void everyUserIsATenant() {
        try (var daemon = Daemon.start();
                var users = new TestUsers(daemon, 1)) {
            assertThat(openTo(daemon)).isEqualTo("666 root root");
            daemon.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
            assertThat(users.docker(0).run("images", "-q").ok().out()).isEmpty();
            assertThat(users.rootbound(0).run("ps", "-aq").ok().out()).isEmpty();
            var run = users.rootbound(0).run("run", "--rm", "rootbound/busybox", "id", "-u");
            assertThat(run.ok().out()).isEqualTo("0");
        }
    }

    @Test
    void aGroupNarrowsItToItsMembersAndRoot() {
        var directory = Daemon.directory();
        var group = "daemon"; // one that every host has, and no user is in
        try (var daemon =
                        Daemon.start(
                                directory, directory.resolve("root"), List.of("--group", group));
                var users = new TestUsers(daemon, 1)) {
            assertThat(openTo(daemon)).isEqualTo("660 root " + group);
            assertThat(daemon.docker().run("ps", "-q").ok().out()).isEmpty();
            var member = users.as(0, "--groups=" + group, "docker");
            assertThat(member.run("ps", "-q").ok().out()).isEmpty();
            var stranger = users.docker(0).run("ps", "-q");
            assertThat(stranger.code()).isEqualTo(1);
            assertThat(stranger.err()).contains("permission denied");
            var told = users.rootbound(0).run("ps", "-q");
            assertThat(told.err()).contains("Permission denied");
        }
    }
}
