package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A container's changes become an image. */
@SystemTest
class CommitTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.CONFIGURED, TestImage.FILE_CAPABILITY);
    }

    /** A container that has ended, after a script. */
    private static String ended(Cli cli, String script) {
        var name = Cli.fresh();
        cli.run("run", "--name", name, TestImage.BUSYBOX.tag(), "sh", "-ec", script).ok();
        return name;
    }

    private static String committed(Cli cli, String container, String... options) {
        var line = new java.util.ArrayList<>(java.util.List.of("commit"));
        line.addAll(java.util.List.of(options));
        line.add(container);
        return cli.run(line.toArray(String[]::new)).ok().out();
    }

    private static String prints(Cli cli, String image, String script) {
        return cli.run("run", "--rm", image, "sh", "-c", script).ok().out();
    }

    private static JsonNode image(Cli cli, String image) {
        return new JsonMapper().readTree(cli.run("image", "inspect", image).ok().stdout()).get(0);
    }

    @Behaviour
    void whatWasMadeChangedAndRemovedIsInTheImage(Cli cli) {
        var container =
                ended(
                        cli,
                        "echo new > /new; rm /etc/group; echo more >> /etc/passwd; rm -r /home;"
                                + " mkdir /home; echo h > /home/h; ln /new /hard; ln -s new /soft;"
                                + " mkdir -m 1770 /d; chown 500:50 /d /new; chmod 4755 /new");
        var image = committed(cli, container);
        assertThat(image).matches("sha256:[0-9a-f]{64}");
        var seen =
                "cat /new /home/h; ls /home; tail -1 /etc/passwd; ls /etc/group 2>/dev/null;"
                        + " stat -c '%a %u:%g %h' /new /d; readlink /soft";
        assertThat(prints(cli, image, seen))
                .isEqualTo("new\nh\nh\nmore\n4755 500:50 2\n1770 500:50 2\nnew");
        cli.run("rmi", image).ok();
    }

    @Behaviour
    void theConfigurationIsTheContainersWithTheChanges(Cli cli) {
        var container = Cli.fresh();
        cli.run(
                        "create",
                        "--name",
                        container,
                        "-e",
                        "OWN=1",
                        "-l",
                        "own=label",
                        TestImage.CONFIGURED.tag(),
                        "echo $COLOUR")
                .ok();
        var image =
                committed(
                        cli,
                        container,
                        "-a",
                        "Ann",
                        "-m",
                        "why not",
                        "-c",
                        "ENV COLOUR=red",
                        "-c",
                        "EXPOSE 80",
                        "-c",
                        "LABEL a=b",
                        "-c",
                        "WORKDIR /tmp",
                        "-c",
                        "HEALTHCHECK --interval=90s CMD true");
        var json = image(cli, image);
        assertThat(json.get("Author").asString()).isEqualTo("Ann");
        assertThat(json.get("Comment").asString()).isEqualTo("why not");
        var config = json.get("Config");
        assertThat(config.get("User").asString()).isEqualTo("500:50");
        assertThat(config.get("WorkingDir").asString()).isEqualTo("/tmp");
        assertThat(config.get("Env").toString()).contains("COLOUR=red", "OWN=1", "PATH=/bin");
        assertThat(config.get("Labels").toString()).isEqualTo("{\"a\":\"b\",\"own\":\"label\"}");
        assertThat(config.get("ExposedPorts").toString()).isEqualTo("{\"80/tcp\":{}}");
        assertThat(config.get("Volumes").toString()).isEqualTo("{\"/data\":{}}");
        assertThat(config.get("Healthcheck").get("Interval").asLong()).isEqualTo(90_000_000_000L);
        assertThat(config.get("Cmd").toString()).isEqualTo("[\"echo $COLOUR\"]");
        var history = cli.run("history", "--no-trunc", image).ok().out();
        assertThat(history.lines().skip(1).findFirst().orElseThrow())
                .contains(image, "echo $COLOUR", "why not");
        cli.run("rmi", image).ok();
    }

    @Behaviour
    void aRunningContainerGoesOnAndANameMoves(Cli cli) {
        var loop =
                "i=0; while :; do i=$((i+1)); echo $i > /new; mv /new /n; echo $i; sleep 0.05; done";
        var container = cli.detached(TestImage.BUSYBOX.tag(), "sh", "-c", loop);
        var tag = "rbt/commit-" + cli.name() + ":x";
        cli.run("commit", container, tag).ok();
        var first = image(cli, tag).get("Id").asString();
        cli.run("commit", "--pause=false", container, tag).ok();
        assertThat(image(cli, tag).get("Id").asString()).isNotEqualTo(first);
        assertThat(cli.inspect(container).at("/State/Status").asString()).isEqualTo("running");
        assertThat(prints(cli, tag, "cat /n")).matches("\\d+");
        cli.run("pause", container).ok();
        cli.run("commit", container, tag).ok();
        assertThat(cli.inspect(container).at("/State/Status").asString()).isEqualTo("paused");
        cli.run("unpause", container).ok();
        cli.run("rmi", "-f", tag, first).ok();
    }

    @Behaviour
    void anImageOfAnImageOfAContainerHasAllLayers(Cli cli) {
        var first = committed(cli, ended(cli, "echo 1 > /one; echo x > /gone"));
        var name = Cli.fresh();
        cli.run("run", "--name", name, first, "sh", "-c", "rm /gone; echo 2 > /two").ok();
        var second = committed(cli, name);
        assertThat(image(cli, second).at("/RootFS/Layers").size())
                .isEqualTo(image(cli, first).at("/RootFS/Layers").size() + 1);
        assertThat(prints(cli, second, "cat /one /two; ls /gone 2>&1 || true"))
                .startsWith("1\n2\n")
                .contains("No such file");
        cli.run("rm", name).ok();
        cli.run("rmi", second).ok();
        cli.run("rmi", first); // Docker's unnamed parents go with the child
    }

    @Behaviour
    void whatIsCommittedTwiceIsTheSameLayer(Cli cli) {
        var container = ended(cli, "echo x > /x; rm /etc/group; mkdir /d");
        var first = committed(cli, container);
        var second = committed(cli, container);
        assertThat(image(cli, second).at("/RootFS")).isEqualTo(image(cli, first).at("/RootFS"));
        cli.run("rmi", "-f", first, second).ok();
    }

    @Behaviour
    void fileCapabilitiesGoWithTheFile(Cli cli) {
        var name = Cli.fresh();
        cli.run("run", "--name", name, TestImage.FILE_CAPABILITY.tag(), "touch", "/caps/cat").ok();
        var image = committed(cli, name);
        var line =
                new String[] {"run", "--rm", "-u", "500", image, "/caps/cat", "/proc/self/status"};
        assertThat(cli.run(line).ok().out()).contains("CapEff:\t0000000000000400");
        cli.run("rm", name).ok();
        cli.run("rmi", image).ok();
    }

    @Behaviour
    void whatCannotBeCommittedIsRefused(Cli cli) {
        assertThat(cli.run("commit", "nosuch").ended(1).err())
                .contains("No such container: nosuch");
        var container = ended(cli, "true");
        assertThat(cli.run("commit", "-c", "RUN x", container).ended(1).err())
                .contains("is not a valid change");
        assertThat(cli.run("commit", container, "Bad").ended(1).err()).contains("lowercase");
    }

    @Behaviour
    void anUntouchedContainerMakesAnImageToo(Cli cli) {
        var name = Cli.fresh();
        cli.run("create", "--name", name, TestImage.BUSYBOX.tag(), "true").ok();
        var first = committed(cli, name);
        var again = Cli.fresh();
        cli.run("create", "--name", again, first, "true").ok();
        var second = committed(cli, again);
        assertThat(prints(cli, second, "echo runs")).isEqualTo("runs");
        cli.run("rm", again).ok();
        cli.run("rmi", second).ok();
        cli.run("rmi", first); // Docker's unnamed parents go with the child
    }
}
