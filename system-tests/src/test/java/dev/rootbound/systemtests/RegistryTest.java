package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Images to and from Debian's docker-registry, on loopback. */
@SystemTest
class RegistryTest {
    private static final Pattern DIGEST = Pattern.compile("digest: (sha256:[0-9a-f]{64})");
    private static TestRegistry registry;

    @BeforeAll
    static void start(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.MANY_LAYERS, TestImage.FILE_CAPABILITY);
        registry = TestRegistry.open();
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Behaviour
    void pushedAndPulledAgainTheDigestsAreTheSame(Cli cli) {
        var name = registry.image(cli.name() + "/many:1");
        cli.run("tag", TestImage.MANY_LAYERS.tag(), name).ok();
        var first = digest(cli.run("push", name).ok());
        assertThat(digest(cli.run("push", name).ok())).isEqualTo(first);
        var id = id(cli, name);
        cli.run("rmi", name).ok();

        var pulled = cli.run("pull", name).ok().out();
        assertThat(pulled)
                .contains("Pulling from " + cli.name() + "/many")
                .contains("Digest: " + first)
                .endsWith(name);
        assertThat(id(cli, name)).isEqualTo(id);
        assertThat(cli.inspectImage(name).at("/RepoDigests").toString())
                .contains(registry.image(cli.name() + "/many") + "@" + first);
        assertThat(cli.run("pull", name).ok().out())
                .contains("Status: Image is up to date for " + name);
        cli.run("rmi", name).ok();
    }

    @Behaviour
    void runPullsAnImageThatIsNotHere(Cli cli) {
        var name = pushed(cli, TestImage.BUSYBOX, "bb:run");
        var ran = cli.run("run", "--rm", name, "id", "-u").ok();
        assertThat(ran.out()).isEqualTo("0");
        assertThat(ran.err())
                .contains("Unable to find image '" + name + "' locally")
                .contains("Status: Downloaded newer image for " + name);
        cli.run("rmi", name).ok();
        assertThat(cli.run("run", "--rm", "--pull", "never", name, "true").ended(125).err())
                .contains("No such image: " + name);
    }

    @Behaviour
    void whatIsNotInTheRegistryIsSaid(Cli cli) {
        var missing = registry.image("nothing:1");
        assertThat(cli.run("pull", missing).ended(1).err())
                .contains("manifest for " + missing + " not found: manifest unknown");
        assertThat(cli.run("run", "--rm", missing, "true").ended(125).err())
                .contains("manifest unknown");
        var nobody = "localhost:1/x";
        assertThat(cli.run("pull", nobody).ended(1).err()).contains("connection refused");
        assertThat(cli.run("push", registry.image("not/here:1")).ended(1).err())
                .contains("does not exist locally with the tag");
    }

    @Behaviour
    void aDigestNamesExactlyOneImage(Cli cli) {
        var name = pushed(cli, TestImage.BUSYBOX, cli.name() + "/exact:1");
        var digest = digest(pushedAgain(cli, TestImage.BUSYBOX, name));
        pushedAgain(cli, TestImage.FILE_CAPABILITY, name); // the tag has moved on
        var exact = registry.image(cli.name() + "/exact@" + digest);
        cli.run("pull", exact).ok();
        assertThat(id(cli, exact)).isEqualTo(id(cli, TestImage.BUSYBOX.tag()));
        cli.run("rmi", exact).ok();
        var other = exact.replace(digest.substring(7, 15), "00000000");
        assertThat(cli.run("pull", other).ended(1).err()).contains("not found");
    }

    /** The list is the client's work: of it the engine keeps what this host runs. */
    @Behaviour
    void anIndexOfPushedImagesIsPulledByItsDigest(Cli cli) {
        var image = pushed(cli, TestImage.BUSYBOX, cli.name() + "/index:here");
        var list = registry.image(cli.name() + "/index:1");
        var docker = new Cli("docker", List.of("docker"));
        try (var config = new Config()) {
            config.run(docker, "", "manifest", "create", "--insecure", list, image).ok();
            var pushed = config.run(docker, "", "manifest", "push", "--insecure", list).ok().out();
            var digest = pushed.lines().toList().getLast();
            assertThat(digest).matches("sha256:[0-9a-f]{64}");
            assertThat(cli.run("pull", list).ok().out()).contains("Digest: " + digest);
            assertThat(id(cli, list)).isEqualTo(id(cli, TestImage.BUSYBOX.tag()));
            cli.run("rmi", list).ok();
            var exact = registry.image(cli.name() + "/index@" + digest);
            assertThat(cli.run("run", "--rm", exact, "echo", "here").ok().out()).isEqualTo("here");
            cli.run("rmi", exact).ok();
        }
    }

    @Behaviour
    void allTagsArePushedAndPulled(Cli cli) {
        var repository = registry.image(cli.name() + "/tags");
        for (var tag : List.of("a", "b", "c"))
            cli.run("tag", TestImage.BUSYBOX.tag(), repository + ":" + tag).ok();
        var pushed = cli.run("push", "--all-tags", repository).ok().out();
        assertThat(pushed).contains("a: digest:", "b: digest:", "c: digest:");
        for (var tag : List.of("a", "b", "c")) cli.run("rmi", repository + ":" + tag).ok();
        cli.run("pull", "-a", repository).ok();
        assertThat(cli.run("images", "-q", repository).ok().out().lines()).hasSize(3);
        for (var tag : List.of("a", "b", "c")) cli.run("rmi", repository + ":" + tag).ok();
    }

    @Behaviour
    void aProgramKeepsItsCapabilitiesThroughTheRegistry(Cli cli) {
        var name = pushed(cli, TestImage.FILE_CAPABILITY, cli.name() + "/caps:1");
        var bits = "/caps/cat /proc/self/status | grep CapEff";
        var line = List.of("run", "--rm", "-u", "500", name, "sh", "-c", bits);
        assertThat(cli.run(line.toArray(String[]::new)).ok().out()).endsWith("0000000000000400");
        cli.run("rmi", name).ok();
    }

    @Behaviour
    void aRegistryWithPasswordsWantsALogin(Cli cli) throws IOException {
        try (var closed = TestRegistry.withPassword();
                var config = new Config()) {
            var name = closed.image("private:1");
            cli.run("tag", TestImage.BUSYBOX.tag(), name).ok();
            assertThat(config.run(cli, "", "push", name).ended(1).err())
                    .contains("authentication required");
            assertThat(config.run(cli, "wrong", login(closed)).ended(1).err())
                    .contains("unauthorized: authentication required");
            assertThat(config.run(cli, TestRegistry.PASSWORD, login(closed)).ok().out())
                    .contains("Login Succeeded");
            config.run(cli, "", "push", name).ok();
            cli.run("rmi", name).ok();
            assertThat(cli.run("pull", name).ended(1).err())
                    .contains("pull access denied for " + closed.image("private"))
                    .contains("may require 'docker login'");
            config.run(cli, "", "pull", name).ok();
            assertThat(config.run(cli, "", "logout", closed.host()).ok().out())
                    .contains("Removing login credentials for " + closed.host());
            assertThat(config.run(cli, "", "pull", name).code()).isEqualTo(1);
            cli.run("rmi", name).ok();
        }
    }

    private static String[] login(TestRegistry registry) {
        return new String[] {
            "login", "--username", TestRegistry.USER, "--password-stdin", registry.host()
        };
    }

    @Promise
    void aCertificateIsVerifiedAlsoOnLoopback(Cli cli) throws IOException {
        try (var secure = TestRegistry.secure();
                var config = new Config()) {
            assertThat(config.run(cli, TestRegistry.PASSWORD, login(secure)).ended(1).err())
                    .contains("certificat"); // unable to find valid certification path
            var trusted = Path.of("/etc/rootbound/certs.d", secure.host());
            Files.createDirectories(trusted);
            try {
                Files.copy(secure.authority(), trusted.resolve("ca.crt"));
                config.run(cli, TestRegistry.PASSWORD, login(secure)).ok();
                var name = secure.image("app:1");
                cli.run("tag", TestImage.BUSYBOX.tag(), name).ok();
                config.run(cli, "", "push", name).ok();
                cli.run("rmi", name).ok();
                config.run(cli, "", "run", "--rm", name, "true").ok();
                cli.run("rmi", name).ok();
            } finally {
                Files.deleteIfExists(trusted.resolve("ca.crt"));
                Files.deleteIfExists(trusted);
                // made for this, unless the host's administrator has them
                for (var parent : List.of("/etc/rootbound/certs.d", "/etc/rootbound"))
                    Shell.run("rmdir", "--ignore-fail-on-non-empty", parent);
            }
        }
    }

    @Behaviour
    @OneClient
    void whatSkopeoReadsAndWritesIsTheSameImage(Cli cli) {
        var name = pushed(cli, TestImage.MANY_LAYERS, "oracle/many:1");
        var copied = registry.image("oracle/zstd:1");
        skopeo(
                "copy",
                "--dest-compress-format",
                "zstd",
                "--dest-tls-verify=false",
                "docker://" + name,
                "docker://" + copied);
        var manifest = skopeo("inspect", "--raw", "docker://" + copied).out();
        assertThat(manifest).contains("+zstd");
        cli.run("pull", copied).ok();
        assertThat(id(cli, copied)).isEqualTo(id(cli, TestImage.MANY_LAYERS.tag()));
        assertThat(cli.run("run", "--rm", copied, "cat", "/top").ok().out()).isEqualTo("119");
        cli.run("rmi", copied).ok();
    }

    private static Result skopeo(String... words) {
        var line = new ArrayList<>(List.of("skopeo", words[0], "--tls-verify=false"));
        if (words[0].equals("copy")) line.set(2, "--src-tls-verify=false");
        line.addAll(List.of(words).subList(1, words.length));
        return Shell.run(120, Map.of(), new byte[0], line).ok();
    }

    /** Pushed under that name, and not here by it any more. */
    private static String pushed(Cli cli, TestImage image, String rest) {
        var name = registry.image(rest);
        pushedAgain(cli, image, name);
        return name;
    }

    private static Result pushedAgain(Cli cli, TestImage image, String name) {
        cli.run("tag", image.tag(), name).ok();
        var result = cli.run("push", name).ok();
        cli.run("rmi", name).ok();
        return result;
    }

    private static String digest(Result push) {
        var found = DIGEST.matcher(push.out());
        assertThat(found.find()).as(push.toString()).isTrue();
        return found.group(1);
    }

    private static String id(Cli cli, String image) {
        return cli.inspectImage(image).at("/Id").asString();
    }

    /** A user's configuration of the client, with what it learns. */
    private static final class Config implements AutoCloseable {
        private final Path directory = Daemon.directory();

        Result run(Cli cli, String stdin, String... words) {
            var environment = Map.of("DOCKER_CONFIG", directory.toString());
            return Shell.run(60, environment, stdin.getBytes(UTF_8), cli.line(words));
        }

        @Override
        public void close() {
            Shell.run("rm", "-rf", directory.toString());
        }
    }
}
