package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * A build context in a directory, and builds of it with the docker CLI, which sends it to the
 * engine's own builder.
 */
record DockerBuild(Cli docker, Path directory) {
    /** For images with a shell. */
    static final String BUSYBOX = "FROM " + TestImage.BUSYBOX.tag() + "\n";

    private static final byte GZIP_MAGIC = 0x1f;

    private static final Map<String, String> CLASSIC = Map.of("DOCKER_BUILDKIT", "0");

    /** Puts a file into the context. */
    DockerBuild file(String name, String content) {
        try {
            var path = directory.resolve(name);
            Files.createDirectories(path.getParent());
            Files.writeString(path, content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds, whatever becomes of it. */
    Result tries(String dockerfile, String... options) {
        file("Dockerfile", dockerfile);
        return Shell.run(100, CLASSIC, new byte[0], line(directory.toString(), options));
    }

    /** Builds, and returns all that it says. */
    String says(String dockerfile, String... options) {
        return tries(dockerfile, options).ok().out();
    }

    /** Builds, and returns the image's id. */
    String image(String dockerfile, String... options) {
        var said = says(dockerfile, options);
        return said.substring(said.lastIndexOf("Successfully built ") + 19).split("\\s", 2)[0];
    }

    /** Builds, and returns what a container of the image prints. */
    String prints(String dockerfile, String script) {
        return inside(image(dockerfile), script);
    }

    /** What a container of an image prints. */
    String inside(String image, String script) {
        return docker.run("run", "--rm", image, "sh", "-ec", script).ok().out();
    }

    /** Builds what fails, and returns what is said of why. */
    String fails(String dockerfile, String... options) {
        var result = tries(dockerfile, options);
        if (result.code() == 0) throw new AssertionError("built: " + result);
        return result.err();
    }

    /** Builds a context that is read from standard input. */
    Result archive(byte[] tar, String... options) {
        return Shell.run(60, CLASSIC, tar, line("-", options));
    }

    private List<String> line(String context, String... options) {
        var line = new ArrayList<>(docker.line("build"));
        line.addAll(List.of(options));
        line.add(context);
        return line;
    }

    /** Begins a build that the caller ends. */
    Process start(String dockerfile, Path log) {
        file("Dockerfile", dockerfile);
        return Shell.start(log, CLASSIC, line(directory.toString()));
    }

    /** What is in each layer of an image, lowest first. */
    List<TreeSet<String>> layers(String image) {
        try {
            var files = new HashMap<String, byte[]>();
            var saved = docker.run("save", image).ok().stdout();
            try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(saved))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                    files.put(entry.getName(), tar.readAllBytes());
            }
            var manifest = new JsonMapper().readTree(files.get("manifest.json")).get(0);
            var layers = new ArrayList<TreeSet<String>>();
            for (var layer : manifest.get("Layers"))
                layers.add(names(Objects.requireNonNull(files.get(layer.asString()))));
            return layers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A layer that was pulled is saved compressed, as it is stored. */
    private static TreeSet<String> names(byte[] layer) throws IOException {
        var names = new TreeSet<String>();
        var bytes = new ByteArrayInputStream(layer);
        boolean compressed = layer[0] == GZIP_MAGIC; // no tar begins so
        try (var plain = compressed ? new GZIPInputStream(bytes) : bytes;
                var tar = new TarArchiveInputStream(plain, ISO_8859_1.name())) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                names.add(entry.getName());
        }
        return names;
    }

    /** Removes what tests have built and not named, and the cache. */
    static void clean(Cli docker) {
        docker.run("image", "prune", "-f").ok();
        docker.run("builder", "prune", "-af").ok();
    }
}
