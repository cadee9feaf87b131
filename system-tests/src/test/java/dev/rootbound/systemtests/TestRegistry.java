package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Debian's docker-registry on a loopback port of its own, with nothing in it. */
final class TestRegistry implements AutoCloseable {
    /** Who may use one with passwords. */
    static final String USER = "alice";

    static final String PASSWORD = "correct horse";

    /** htpasswd -nbB -C 4 alice 'correct horse': the registry takes bcrypt only. */
    private static final String HTPASSWD =
            "alice:$2b$04$kQfmaLcHIJC4MzuQR2xJN.cEimXc3L4WEYKkYmsC/V5CeeYZz4kBy\n";

    private final Path directory;
    private final int port;
    private final Process process;

    private TestRegistry(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Plain HTTP, for everybody. */
    static TestRegistry open() {
        return start("", directory());
    }

    /** Plain HTTP, for {@link #USER} only. */
    static TestRegistry withPassword() {
        var directory = directory();
        return start(htpasswd(directory), directory);
    }

    /** HTTPS with a certificate of its own CA, {@link #authority}, for {@link #USER} only. */
    static TestRegistry secure() {
        var directory = directory();
        Shell.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        directory.resolve("key").toString(),
                        "-out",
                        directory.resolve("ca.crt").toString())
                .ok();
        var tls = "  tls: {certificate: %s/ca.crt, key: %s/key}\n".formatted(directory, directory);
        return start(tls + htpasswd(directory), directory);
    }

    private static String htpasswd(Path directory) {
        try {
            Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "auth: {htpasswd: {realm: test, path: %s/htpasswd}}\n".formatted(directory);
    }

    private static Path directory() {
        return Daemon.directory();
    }

    private static TestRegistry start(String more, Path directory) {
        var port = freePort();
        try {
            Files.writeString(
                    directory.resolve("config.yml"),
                    """
                    version: 0.1
                    log: {level: warn, accesslog: {disabled: true}}
                    storage: {filesystem: {rootdirectory: %s/data}, delete: {enabled: true}}
                    http:
                      addr: 127.0.0.1:%d
                    %s\
                    """
                            .formatted(directory, port, more),
                    UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var config = directory.resolve("config.yml").toString();
        var line = List.of("docker-registry", "serve", config);
        var process = Shell.start(directory.resolve("log"), Map.of(), line);
        var registry = new TestRegistry(directory, port, process);
        registry.awaitReady();
        return registry;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        for (var tries = 0; tries < 100 && process.isAlive(); tries++) {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException notYet) {
                Daemon.pause(100);
            }
        }
        try {
            throw new AssertionError(
                    "docker-registry did not start: " + Files.readString(directory.resolve("log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As references begin: {@code localhost:PORT}. */
    String host() {
        return "localhost:" + port;
    }

    String image(String rest) {
        return host() + "/" + rest;
    }

    /** Stores what no image client would, such as a signature; gives the blob's digest. */
    String putBlob(String repository, byte[] bytes) throws IOException {
        var digest = "sha256:" + Archive.digest(new ByteArrayInputStream(bytes));
        var upload = "http://" + host() + "/v2/" + repository + "/blobs/uploads/";
        var at = send("POST", upload, "", new byte[0]).headers().firstValue("Location");
        send("PUT", at.orElseThrow() + "&digest=" + digest, "application/octet-stream", bytes);
        return digest;
    }

    void putManifest(String repository, String tag, String manifest) {
        var at = "http://" + host() + "/v2/" + repository + "/manifests/" + tag;
        send("PUT", at, "application/vnd.oci.image.manifest.v1+json", manifest.getBytes(UTF_8));
    }

    private static HttpResponse<String> send(String method, String uri, String type, byte[] body) {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(uri));
            if (!type.isEmpty()) request.header("Content-Type", type);
            request.method(method, HttpRequest.BodyPublishers.ofByteArray(body));
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) throw new AssertionError(uri + ": " + answer.body());
            return answer;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Path authority() {
        return directory.resolve("ca.crt");
    }

    /** Where all blobs of all repositories are. */
    Path blobs() {
        return directory.resolve("data/docker/registry/v2/blobs");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
