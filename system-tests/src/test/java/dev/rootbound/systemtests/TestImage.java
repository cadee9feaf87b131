package dev.rootbound.systemtests;

import dev.rootbound.systemtests.Layer.Meta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;

/** The images that the tests use, made on this host: no registry is asked. */
final class TestImage {
    /** The host's static busybox with all its applets, passwd and group. */
    static final TestImage BUSYBOX =
            new TestImage(
                    "busybox",
                    directory -> archive(directory, "busybox", "\"Cmd\":[\"sh\"]", busybox()));

    /** One static program, no shell, no passwd. */
    static final TestImage DISTROLESS =
            new TestImage(
                    "distroless",
                    directory ->
                            archive(
                                    directory,
                                    "distroless",
                                    "\"Entrypoint\":[\"/busybox\"]",
                                    new Layer().file("busybox", Meta.mode(0755), program())));

    /** A user by number, a working directory, an environment and an entrypoint. */
    static final TestImage CONFIGURED =
            new TestImage(
                    "configured",
                    directory ->
                            archive(
                                    directory,
                                    "configured",
                                    "\"User\":\"500:50\",\"WorkingDir\":\"/work\",\"Env\":[\"PATH=/bin\",\"COLOUR=green\"],\"Entrypoint\":[\"/bin/sh\",\"-c\"],\"Cmd\":[\"id -u; pwd; echo $COLOUR\"],\"Volumes\":{\"/data\":{}}",
                                    busybox().dir("work", Meta.mode(0755).owner(500, 50))));

    /** With a health check. */
    static final TestImage PROBED =
            new TestImage(
                    "probed",
                    directory ->
                            archive(
                                    directory,
                                    "probed",
                                    "\"Cmd\":[\"sleep\",\"9999\"],\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"echo from the image\"],\"Interval\":1000000000,\"Retries\":2}",
                                    busybox()));

    /** Prepared for any user id: group 0 may do what the owner may. */
    static final TestImage ANY_ID =
            new TestImage(
                    "any-id",
                    directory ->
                            archive(
                                    directory,
                                    "any-id",
                                    "\"Cmd\":[\"sh\"]",
                                    busybox()
                                            .dir("app", Meta.mode(0775))
                                            .file(
                                                    "app/data",
                                                    Meta.mode(0664),
                                                    new byte[] {'x', '\n'})));

    /** A program with cap_net_bind_service+ep: a version 2 attribute, as layers have. */
    static final TestImage FILE_CAPABILITY =
            new TestImage(
                    "file-capability",
                    directory ->
                            archive(
                                    directory,
                                    "file-capability",
                                    "\"Cmd\":[\"sh\"]",
                                    busybox()
                                            .dir("caps", Meta.mode(0755))
                                            .file(
                                                    "caps/cat",
                                                    Meta.mode(0755)
                                                            .xattr(
                                                                    "security.capability",
                                                                    "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
                                                    program())));

    /** 120 layers, each with a file, each hiding the one below's /top. */
    static final TestImage MANY_LAYERS =
            new TestImage(
                    "many-layers",
                    directory ->
                            archive(directory, "many-layers", "\"Cmd\":[\"sh\"]", manyLayers()));

    /** /data: ten million bytes that are no text. */
    static final TestImage BINARY =
            new TestImage(
                    "binary",
                    directory ->
                            archive(
                                    directory,
                                    "binary",
                                    "\"Cmd\":[\"cat\",\"/data\"]",
                                    busybox().file("data", Meta.mode(0644), noise())));

    /** 20 000 small files. */
    static final TestImage MANY_FILES =
            new TestImage(
                    "many-files",
                    directory ->
                            archive(directory, "many-files", "\"Cmd\":[\"true\"]", manyFiles()));

    /** Debian by debootstrap, with setcap; a set-user-ID copy of id as /usr/bin/sid. */
    static final TestImage DEBIAN = new TestImage("debian", TestImage::debian);

    /** Removes what a Testcontainers client that is gone has left; in Ryuk's place. */
    static final TestImage REAPER =
            new TestImage(
                    "reaper",
                    directory ->
                            archive(
                                    directory,
                                    "reaper",
                                    "\"Cmd\":[\"/reaper\"],\"Env\":[\"PATH=/bin\"]",
                                    Reaper.layers()));

    private static final Path CACHE = Path.of("/var/tmp/rootbound-test");
    private final String shortName;
    private final Function<Path, Path> make;

    private TestImage(String shortName, Function<Path, Path> make) {
        this.shortName = shortName;
        this.make = make;
    }

    String tag() {
        return "rbt/" + shortName + ":latest";
    }

    /**
     * As {@code docker load} takes it; made when first asked for, the slow one kept between runs.
     */
    Path archive() {
        try {
            Files.createDirectories(CACHE);
            var archive = CACHE.resolve("rbt-" + shortName + "-latest.tar");
            return this == DEBIAN && Files.exists(archive) ? archive : make.apply(CACHE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] noise() {
        var bytes = new byte[10_000_000];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private static Path archive(Path directory, String name, String config, Layer... layers) {
        return Archive.write(directory, "rbt/" + name + ":latest", config, layers);
    }

    /** The root directory of the smallest useful image. */
    static Layer busybox() {
        var layer = new Layer();
        for (var name : List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "var"))
            layer.dir(name, Meta.mode(0755));
        layer.dir("tmp", Meta.mode(01777)).file("bin/busybox", Meta.mode(0755), program());
        Shell.run(busyboxPath().toString(), "--list")
                .ok()
                .out()
                .lines()
                .filter(applet -> !applet.equals("busybox"))
                .forEach(applet -> layer.symlink("bin/" + applet, "busybox"));
        layer.file(
                "etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nalice:x:500:500:Alice:/home:/bin/sh\nwww:x:33:33::/:/bin/sh\n");
        return layer.file(
                "etc/group",
                "root:x:0:\nwheel:x:10:root\nalice:x:500:\nstaff:x:50:alice\nwww:x:33:\n");
    }

    private static byte[] program() {
        try {
            return Files.readAllBytes(busyboxPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path busyboxPath() {
        return Stream.of("/bin/busybox", "/usr/bin/busybox")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    private static Layer[] manyLayers() {
        var layers = new Layer[120];
        for (var n = 0; n < layers.length; n++)
            layers[n] =
                    (n == 0 ? busybox() : new Layer())
                            .file("only-" + n, "" + n)
                            .file("top", "" + n);
        return layers;
    }

    private static Layer manyFiles() {
        var layer = busybox();
        for (var dir = 0; dir < 100; dir++) {
            layer.dir("many/" + dir, Meta.mode(0755));
            for (var file = 0; file < 200; file++)
                layer.file("many/" + dir + "/" + file, "content");
        }
        return layer;
    }

    private static Path debian(Path directory) {
        var tree = directory.resolve("debian");
        Shell.run("rm", "-rf", "--one-file-system", tree.toString()).ok();
        Shell.run(
                        900,
                        java.util.Map.of(),
                        new byte[0],
                        List.of(
                                "debootstrap",
                                "--variant=minbase",
                                "--include=libcap2-bin,passwd",
                                codename(),
                                tree.toString()))
                .ok();
        var root = tree.toString();
        Shell.run(
                        "sh",
                        "-ec",
                        "rm -rf \"$1\"/var/cache/apt/* \"$1\"/var/lib/apt/lists/* \"$1\"/dev/*; cp \"$1\"/usr/bin/id \"$1\"/usr/bin/sid; chmod 4755 \"$1\"/usr/bin/sid; cp \"$1\"/usr/bin/sleep \"$1\"/usr/bin/ssleep; chmod 4755 \"$1\"/usr/bin/ssleep",
                        "-",
                        root)
                .ok();
        var layer = directory.resolve("debian.layer");
        Shell.run("tar", "--numeric-owner", "-cf", layer.toString(), "-C", root, ".").ok();
        var archive =
                Archive.write(
                        directory.resolve("debian.new"),
                        "rbt/debian:latest",
                        "\"Cmd\":[\"bash\"],\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"]",
                        List.of(layer));
        Shell.run("rm", "-rf", "--one-file-system", root, layer.toString()).ok();
        try {
            return Files.move(archive, directory.resolve("rbt-debian-latest.tar"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String codename() {
        return Shell.run("sh", "-c", ". /etc/os-release; echo ${VERSION_CODENAME:-bookworm}")
                .ok()
                .out();
    }
}
