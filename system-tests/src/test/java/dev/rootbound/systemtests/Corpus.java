package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever layers may hold, below {@code /corpus}: three layers by GNU tar, and the same empty one
 * twice. The images are skopeo's.
 */
final class Corpus {
    /** Of the smallest image of it: busybox, the three and the two. */
    static final int LEAST = 6;

    private final ImageTools tools;
    private final Path directory;
    private final List<Path> layers = new ArrayList<>();

    Corpus(ImageTools tools) throws IOException {
        this.tools = tools;
        directory = Files.createDirectory(tools.directory().resolve("layers"));
        var script = "cd \"$1\"\n" + script("layers");
        Shell.run("sh", "-ec", script, "-", directory.toString()).ok();
        layers.add(layer(TestImage.busybox()));
        for (var n = 1; n <= 3; n++) layers.add(packed(directory.resolve("" + n)));
        var empty = layer(new Layer());
        layers.addAll(List.of(empty, empty));
    }

    /**
     * As {@code docker save} has it, its layers not compressed.
     *
     * @param height how many layers it has; each above {@link #LEAST} has two small files
     */
    Path archive(int height) throws IOException {
        while (layers.size() < height) layers.add(layer(small(layers.size())));
        return Archive.write(
                directory.resolve(height + ".archive"),
                "rbt/corpus:latest",
                "\"Cmd\":[\"sleep\",\"9999\"]",
                layers.subList(0, height));
    }

    /** As an image of a layout, in gzip. */
    String layout(int height) throws IOException {
        var layout = tools.layout();
        tools.copy("docker-archive:" + archive(height), "oci:" + layout);
        return layout;
    }

    /** Shell commands that change the corpus below a root. */
    static String changes(String root) {
        return "cd \"" + root + "/corpus\"\n" + script("changes");
    }

    private static String script(String name) {
        try (var in = Corpus.class.getResourceAsStream("corpus-" + name + ".sh")) {
            if (in == null) throw new IllegalStateException("no script of that name: " + name);
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path packed(Path layer) {
        var tar = Path.of(layer + ".tar");
        var line = new ArrayList<>(List.of("tar", "--format=pax", "--sparse", "--sort=name"));
        line.addAll(List.of("--numeric-owner", "--xattrs", "--xattrs-include=*"));
        line.addAll(List.of("-C", layer.toString(), "-cf", tar.toString(), Tree.TOP));
        ImageTools.run(line);
        return tar;
    }

    private static Layer small(int number) {
        return new Layer()
                .dir(Tree.TOP, Layer.Meta.mode(0755))
                .file(Tree.TOP + "/only-" + number, "" + number)
                .file(Tree.TOP + "/top", "" + number);
    }

    private Path layer(Layer layer) throws IOException {
        return Files.write(Files.createTempFile(directory, "layer", ".tar"), layer.bytes());
    }
}
