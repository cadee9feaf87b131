package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients over tcp: by certificate each is a user of the host, with what that user may. */
@Tag("system")
class RemoteTest {
    private static final String BOX = "rootbound/busybox";
    private static final int USERS = 3;

    @TempDir private static Path issued;

    private final Path directory = Daemon.directory();
    private final List<String> options = new ArrayList<>();
    private final String tls = "tcp://127.0.0.1:" + freePort();
    private final String plain = "tcp://127.0.0.1:" + freePort();
    private Daemon daemon;
    private TestUsers users;

    private static int freePort() {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Made once: they are the same for all tests. */
    @BeforeAll
    static void issueAll() throws IOException {
        openssl(
                "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca");
        issue("server", "/CN=engine", "subjectAltName=IP:127.0.0.1");
        var extension = "extendedKeyUsage=clientAuth";
        for (var who : List.of("user0", "user1", "user2", "stranger", "admin")) {
            issue(who, "/O=Example/CN=" + who, extension);
        }
    }

    @BeforeEach
    void start() throws IOException {
        try (var files = Files.list(issued)) {
            for (var file : files.toList())
                Files.copy(
                        file,
                        directory.resolve(file.getFileName()),
                        StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(directory.resolve(Daemon.POLICY), policy("nobody"));
        options.addAll(List.of("--host", tls, "--tlsverify"));
        options.addAll(List.of("--tlscacert", file("ca.pem"), "--tlscert", file("server.pem")));
        options.addAll(List.of("--tlskey", file("server.key")));
        daemon = Daemon.start(directory, directory.resolve("root"), options);
        users = new TestUsers(daemon, USERS);
        daemon.reload(policy("%s"));
    }

    /** Users by their certificates, if they are told already. */
    private String policy(String name) {
        var text = new StringBuilder("version: 1\nclients:\n  certificates:\n");
        for (int user = 0; user < USERS; user++) {
            var is = name.equals("%s") ? users.name(user) : name;
            text.append("    - {subject: \"CN=user%d,O=Example\", user: %s}\n".formatted(user, is));
        }
        return text.toString();
    }

    @AfterEach
    void end() {
        for (int user = 0; user < USERS; user++) {
            var docker = users.docker(user);
            docker.run("ps", "-aq").out().lines().forEach(id -> docker.run("rm", "-f", id));
        }
        daemon.close();
        users.close();
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void openssl(String line) {
        var words = new ArrayList<>(List.of("openssl"));
        words.addAll(List.of(line.split(" ", -1)));
        var script = "cd \"$0\" && exec \"$@\"";
        var all = new ArrayList<>(List.of("sh", "-c", script, issued.toString()));
        all.addAll(words);
        Shell.run(all.toArray(String[]::new)).ok();
    }

    private static void issue(String name, String subject, String extension) throws IOException {
        Files.writeString(issued.resolve("extension"), extension);
        openssl(
                "req -newkey rsa:2048 -nodes -keyout %s.key -out %s.csr -subj %s"
                        .formatted(name, name, subject));
        openssl(
                "x509 -req -in %s.csr -CA ca.pem -CAkey ca.key -out %s.pem -days 2 -extfile extension"
                        .formatted(name, name));
    }

    /** A client with a certificate. */
    private Cli client(String program, String who) {
        return new Cli(
                who,
                List.of(
                        program,
                        "--tlsverify",
                        "--tlscacert=" + file("ca.pem"),
                        "--tlscert=" + file(who + ".pem"),
                        "--tlskey=" + file(who + ".key"),
                        "-H",
                        tls));
    }

    private List<Cli> clients(String who) {
        return List.of(client("docker", who), client(Shell.CHECKOUT + "/rootbound", who));
    }

    @Test
    void aCertificateIsItsUserWithTheSameContainersAsOverTheSocket() throws IOException {
        for (int user = 0; user < USERS; user++) {
            for (var cli : clients("user" + user)) {
                var name = cli.detached(BOX, "sleep", "999");
                assertThat(users.docker(user).run("ps", "--format", "{{.Names}}").ok().out())
                        .contains(name);
                assertThat(cli.run("exec", name, "id", "-u").ok().out()).isEqualTo("0");
                for (int other = 0; other < USERS; other++) {
                    if (other == user) continue;
                    assertThat(client("docker", "user" + other).run("inspect", name).err())
                            .containsIgnoringCase("no such object");
                }
            }
        }
        assertThat(daemon.docker().run("ps", "-q").ok().out()).isEmpty();
    }

    @Test
    void whatAUserMayOnTheHostIsWhatTheCertificateMay() throws IOException {
        var secret = Files.writeString(directory.resolve("secret"), "roots");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        var shared = Files.createDirectory(directory.resolve("shared"));
        Shell.run("chgrp", users.name(1), shared.toString()).ok();
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwx--x"));
        // user 0 is in user 1's group, by the host's own word: nobody has logged in
        Shell.run("usermod", "-aG", users.name(1), users.name(0)).ok();
        var docker = client("docker", "user0");
        docker.run("run", "--rm", "-v", shared + ":/x", BOX, "touch", "/x/made").ok();
        assertThat(Files.getAttribute(shared.resolve("made"), "unix:uid"))
                .isEqualTo((int) users.uid(0));
        assertThat(
                        client("docker", "user2")
                                .run("run", "--rm", "-v", shared + ":/x", BOX, "touch", "/x/no")
                                .code())
                .isNotZero();
        assertThat(docker.run("run", "--rm", "-v", secret + ":/x", BOX, "cat", "/x").out())
                .doesNotContain("roots");
        assertThat(docker.run("run", "--rm", "--userns", "host", BOX, "true").ended(125).err())
                .contains("refused to user " + users.name(0));
    }

    @Test
    void theAgentOfAClientThatIsElsewhereIsNotWhatIsHereByThatName() throws IOException {
        var context = Files.createDirectory(directory.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), "FROM " + BOX + "\n");
        var socket = directory.resolve("socket"); // any that is here
        var built =
                client(Shell.CHECKOUT + "/rootbound", "user0")
                        .run("build", "--ssh=default=" + socket, context.toString());
        assertThat(built.ended(1).err())
                .contains("socket " + socket, "has its sockets on another host");
    }

    @Test
    void whoIsNotNamedIsToldItsSubjectAndTheFile() {
        for (var cli : clients("stranger")) {
            assertThat(cli.run("ps").err())
                    .contains("CN=stranger,O=Example", "is valid, but no user's", Daemon.POLICY);
        }
        var none = List.of("docker", "--tls", "--tlscacert=" + file("ca.pem"), "-H", tls);
        assertThat(new Cli("none", none).run("ps").code()).isNotZero();
        assertThat(new Cli("plain", List.of("docker", "-H", tls)).run("ps").code()).isNotZero();
    }

    @Test
    void streamsAreWhole() throws IOException {
        var much = "0123456789abcdef".repeat(200_000).getBytes(UTF_8);
        for (var cli : clients("user0")) {
            assertThat(cli.input(much, "run", "-i", "--rm", BOX, "cat").ok().stdout())
                    .isEqualTo(much);
            assertThat(
                            cli.input(
                                            "a\nb\n".getBytes(UTF_8),
                                            "run",
                                            "-i",
                                            "--rm",
                                            BOX,
                                            "wc",
                                            "-l")
                                    .ok()
                                    .out())
                    .isEqualTo("2");
            var name = Cli.fresh();
            var program = "cat; echo after the end";
            cli.run("create", "-i", "--name", name, BOX, "sh", "-c", program).ok();
            assertThat(cli.input("in\n".getBytes(UTF_8), "start", "-ai", name).ok().out())
                    .isEqualTo("in\nafter the end");
            assertThat(cli.run("logs", "-f", name).ok().out()).isEqualTo("in\nafter the end");
            var box = cli.detached(BOX, "sleep", "999");
            assertThat(cli.input("x".getBytes(UTF_8), "exec", "-i", box, "cat").ok().out())
                    .isEqualTo("x");
            var out = Files.write(directory.resolve("much"), much);
            cli.run("cp", out.toString(), box + ":/much").ok();
            var back = directory.resolve("back-" + box);
            cli.run("cp", box + ":/much", back.toString()).ok();
            assertThat(Files.readAllBytes(back)).isEqualTo(much);
            assertThat(cli.run("exec", box, "sh", "-c", "exit 7").code()).isEqualTo(7);
        }
    }

    @Test
    void theVariablesOfDockersClientAreUnderstood() throws IOException {
        var certs = Files.createDirectory(directory.resolve("certs"));
        Files.copy(directory.resolve("ca.pem"), certs.resolve("ca.pem"));
        Files.copy(directory.resolve("user0.pem"), certs.resolve("cert.pem"));
        Files.copy(directory.resolve("user0.key"), certs.resolve("key.pem"));
        var environment =
                Map.of(
                        "DOCKER_HOST",
                        tls,
                        "DOCKER_TLS_VERIFY",
                        "1",
                        "DOCKER_CERT_PATH",
                        certs.toString());
        for (var program : List.of("docker", Shell.CHECKOUT + "/rootbound")) {
            var line = List.of(program, "run", "--rm", BOX, "echo", "hello");
            assertThat(Shell.run(60, environment, new byte[0], line).ok().out()).isEqualTo("hello");
        }
    }

    @Test
    void aPlainAddressIsRefusedWithoutAUserAndIsThatUserWithOne() throws IOException {
        var line = new ArrayList<>(List.of(Shell.CHECKOUT + "/rootbound", "daemon", "--validate"));
        line.addAll(List.of("--root", file("other"), "--run", file("run"), "--host", plain));
        line.addAll(List.of("--policy", file(Daemon.POLICY)));
        assertThat(Shell.run(line.toArray(String[]::new)).ended(125).err())
                .contains("--host " + plain, "use --tlsverify", "clients: {plain: [{host: ");
        daemon.stop();
        var rules = policy("%s") + "    - {subject: \"CN=admin,O=Example\", user: root}\n";
        Files.writeString(
                directory.resolve(Daemon.POLICY),
                rules + "  plain: [{host: \"%s\", user: %s}]\n".formatted(plain, users.name(2)));
        daemon = Daemon.start(directory, directory.resolve("root"), List.of("--host", plain));
        var cli = new Cli("plain", List.of("docker", "-H", plain));
        var name = cli.detached(BOX, "sleep", "999");
        assertThat(users.docker(2).run("ps", "--format", "{{.Names}}").ok().out()).contains(name);
        assertThat(daemon.log())
                .contains("warning: whoever has a certificate for CN=admin,O=Example is root");
    }

    @Test
    void hostRootIsReachedOnlyIfItIsNamed() {
        assertThat(client("docker", "admin").run("ps").err()).contains("no user's");
        daemon.reload(policy("%s") + "    - {subject: \"CN=admin,O=Example\", user: root}\n");
        assertThat(daemon.log()).contains("warning: whoever has a certificate for CN=admin");
        client("docker", "admin").run("run", "--rm", "--userns", "host", BOX, "true").ok();
    }

    @Test
    void aKeyThatOthersReadIsRefusedAtTheStart() throws IOException {
        daemon.stop();
        Files.setPosixFilePermissions(
                directory.resolve("server.key"), PosixFilePermissions.fromString("rw-r--r--"));
        var line = new ArrayList<>(List.of(Shell.CHECKOUT + "/rootbound", "daemon", "--validate"));
        line.addAll(List.of("--root", file("other"), "--run", file("run")));
        line.addAll(options);
        line.addAll(List.of("--policy", file(Daemon.POLICY)));
        assertThat(Shell.run(line.toArray(String[]::new)).ended(125).err())
                .contains("server.key can be read", "chmod go=");
        daemon = Daemon.start(directory, directory.resolve("root"), "");
    }
}
