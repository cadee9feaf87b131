package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A policy demands signatures, made by openssl as cosign makes them, and bounds layers. */
@Tag("system")
class SignedImagesTest {
    private static final Pattern DIGEST = Pattern.compile("digest: (sha256:[0-9a-f]{64})");
    private static final String SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

    private final Path directory = Daemon.directory();
    private final TestRegistry registry = TestRegistry.open();
    private final Daemon daemon = start();

    private Daemon start() {
        key("ours");
        key("theirs");
        policy(
                """
                version: 1
                images:
                  max-layer-size: 4m
                  signatures:
                    - repositories: %s
                      keys: [%s/ours.pub]
                    - repositories: %s/free
                      unsigned: accept
                """
                        .formatted(registry.host(), directory, registry.host()));
        return Daemon.start(directory, directory.resolve("root"), "");
    }

    private void policy(String text) {
        try {
            Files.writeString(directory.resolve(Daemon.POLICY), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void load() {
        daemon.docker().run("load", "-q", "-i", TestImage.BUSYBOX.archive().toString()).ok();
    }

    @AfterEach
    void close() {
        daemon.close();
        registry.close();
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }

    private void key(String name) {
        var secret = directory.resolve(name + ".pem").toString();
        var open = directory.resolve(name + ".pub").toString();
        Shell.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", secret)
                .ok();
        Shell.run("openssl", "ec", "-in", secret, "-pubout", "-out", open).ok();
        Shell.run("chmod", "644", open).ok();
    }

    private String pushed(String repository) {
        var name = registry.image(repository + ":1");
        daemon.docker().run("tag", TestImage.BUSYBOX.tag(), name).ok();
        var digest = DIGEST.matcher(daemon.docker().run("push", name).ok().out());
        assertThat(digest.find()).isTrue();
        daemon.docker().run("rmi", name).ok();
        return digest.group(1);
    }

    private void sign(String repository, String digest, String key) throws IOException {
        var payload =
                """
                {"critical":{"identity":{"docker-reference":""},"image":{"docker-manifest-digest":"%s"},\
                "type":"cosign container image signature"},"optional":null}\
                """
                        .formatted(digest)
                        .getBytes(UTF_8);
        var secret = directory.resolve(key + ".pem").toString();
        var line = java.util.List.of("openssl", "dgst", "-sha256", "-sign", secret);
        var signature = Shell.run(10, Map.of(), payload, line).ok().stdout();
        var config = registry.putBlob(repository, "{}".getBytes(UTF_8));
        var blob = registry.putBlob(repository, payload);
        registry.putManifest(
                repository,
                digest.replace(':', '-') + ".sig",
                """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},\
                "layers":[{"mediaType":"%s","digest":"%s","size":%d,\
                "annotations":{"dev.cosignproject.cosign/signature":"%s"}}]}\
                """
                        .formatted(
                                config,
                                SIMPLE_SIGNING,
                                blob,
                                payload.length,
                                Base64.getEncoder().encodeToString(signature)));
    }

    @Test
    void onlyWhatTheKeySignedIsPulledOrRun() throws IOException {
        var docker = daemon.docker();
        var name = registry.image("app:1");
        var digest = pushed("app");
        assertThat(docker.run("pull", name).ended(1).err())
                .contains("image " + name + " is refused")
                .contains("the policy for '" + registry.host() + "' demands a signature")
                .contains("no signature of " + digest);
        assertThat(docker.run("run", "--rm", name, "true").ended(125).err()).contains("is refused");
        sign("app", digest, "theirs");
        assertThat(docker.run("pull", name).ended(1).err()).contains("is by another key");
        assertThat(docker.run("images", "-q", registry.image("app")).ok().out()).isEmpty();
        sign("app", digest, "ours");
        docker.run("pull", name).ok();
        docker.run("run", "--rm", name, "true").ok();
        docker.run("pull", registry.image("app@" + digest)).ok();

        pushed("free/app");
        docker.run("pull", registry.image("free/app:1")).ok();
    }

    @Test
    void aLayerThatUnpacksToMoreThanThePolicyAllowsIsRefused() throws IOException {
        var file = directory.resolve("zeros");
        Shell.run("sh", "-c", "head -c 5242880 /dev/zero > " + file).ok();
        var made = Shell.run("tar", "-C", directory.toString(), "-czf", file + ".tgz", "zeros");
        made.ok();
        assertThat(Files.size(Path.of(file + ".tgz"))).isLessThan(100_000);
        var docker = daemon.docker();
        var before = daemon.leftovers();
        assertThat(docker.run("import", file + ".tgz", "bomb").ended(1).err())
                .contains("larger than the limit of 4194304 bytes")
                .contains("max-layer-size");
        assertThat(daemon.leftovers()).isEqualTo(before);
    }

    @Test
    void aPolicyThatIsWrongKeepsTheEngineFromStarting() {
        policy("version: 1\nimages:\n  signature: []\n");
        var other = directory.resolve("other");
        var refused =
                Shell.run(
                        Shell.CHECKOUT + "/rootbound",
                        "daemon",
                        "--root",
                        other + "/root",
                        "--run",
                        other + "/run",
                        "--host",
                        "unix://" + directory.resolve("other-socket"),
                        "--policy",
                        directory.resolve(Daemon.POLICY).toString());
        assertThat(refused.code()).as(refused.err()).isIn(1, 125);
        assertThat(refused.err())
                .contains("policy.yaml:3: key 'signature' is not known")
                .contains("max-layer-size, signatures");
        assertThat(other.resolve("root")).doesNotExist();
    }
}
