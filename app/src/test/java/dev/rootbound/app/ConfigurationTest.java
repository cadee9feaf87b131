package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static Configuration of(int uid, String... words) {
        var arguments = Arguments.parse(new DaemonCommand().flags(), List.of(words));
        return Configuration.from(
                arguments, Map.of("HOME", "/home/a", "XDG_RUNTIME_DIR", "/run/user/7"), uid);
    }

    @Test
    void theDefaultsAre() {
        assertThat(of(0))
                .isEqualTo(
                        new Configuration(
                                Path.of("/var/lib/rootbound"),
                                Path.of("/run/rootbound"),
                                List.of("unix:///run/rootbound/rootbound.sock"),
                                null,
                                null,
                                null,
                                null,
                                null,
                                "info",
                                Set.of(),
                                List.of()));
        assertThat(of(7))
                .isEqualTo(
                        new Configuration(
                                Path.of("/home/a/.local/share/rootbound"),
                                Path.of("/run/user/7/rootbound"),
                                List.of("unix:///run/user/7/rootbound/rootbound.sock"),
                                null,
                                null,
                                null,
                                null,
                                null,
                                "info",
                                Set.of(),
                                List.of()));
    }

    @Test
    void everyOptionIsKept() {
        assertThat(
                        of(
                                0,
                                "--root",
                                "/r",
                                "--run",
                                "/s",
                                "-H",
                                "unix:///a",
                                "-H",
                                "unix:///b",
                                "-H",
                                "tcp://[::1]:2376",
                                "--tlsverify",
                                "--tlscacert=/ca.pem",
                                "--tlscert=/cert.pem",
                                "--tlskey=/key.pem",
                                "-G",
                                "g",
                                "-p",
                                "/p",
                                "--policy",
                                "/q.yaml",
                                "--userns-remap",
                                "alice:staff",
                                "-l",
                                "info",
                                "--insecure-registry",
                                "a:5000",
                                "--insecure-registry",
                                "b",
                                "--registry-mirror",
                                "https://m"))
                .isEqualTo(
                        new Configuration(
                                Path.of("/r"),
                                Path.of("/s"),
                                List.of("unix:///a", "unix:///b", "tcp://[::1]:2376"),
                                new DaemonTls(
                                        Path.of("/ca.pem"),
                                        Path.of("/cert.pem"),
                                        Path.of("/key.pem")),
                                "g",
                                Path.of("/p"),
                                Path.of("/q.yaml"),
                                "alice:staff",
                                "info",
                                Set.of("a:5000", "b"),
                                List.of(URI.create("https://m/"))));
    }

    @Test
    void theSocketIsInTheRunDirectory() {
        assertThat(of(0, "--run", "/s").hosts()).containsExactly("unix:///s/rootbound.sock");
    }

    @ParameterizedTest
    @CsvSource({
        "--tlsverify,needs --tlscacert",
        "--tls,needs --tlscert",
        "--tlscert=x,goes with --tlsverify",
        "--selinux-enabled,SELinux",
        "--host=tcp://:2376,tcp://0.0.0.0:2376",
        "--host=tcp://1.2.3.4:99999,65535",
        "--host=tcp://no.such.invalid:1,no address",
        "--host=http://x,understood",
        "--host=unix://,understood",
        "--log-level=loud,one of",
        "--log-level=debug,not built yet",
        "--host=fd://,understood",
        "--config=/nofile,cannot be read",
        "--nope,unknown flag: --nope",
    })
    void whatCannotBeHonouredIsRefusedWithTheReason(String word, String reason) {
        assertThatThrownBy(() -> of(0, word)).hasMessageContaining(reason);
    }

    @Test
    void anUnknownKeyOfTheFileIsNamed(@TempDir Path directory) throws Exception {
        var file = Files.writeString(directory.resolve("c"), "{\"debug\":true}");

        assertThatThrownBy(() -> of(0, "--config", file.toString()))
                .hasMessageContaining("\"debug\"");
        Files.writeString(file, "{}");
        assertThat(of(0, "--config", file.toString()).logLevel()).isEqualTo("info");
    }
}
