package dev.rootbound.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's skopeo, umoci and buildah, with directories of their own. */
final class ImageTools implements AutoCloseable {
    /** What it mounts goes with the namespace; the user's configuration is not read. */
    private static final String BUILDAH =
            """
            export DOCKER_CONFIG="$0"; echo {} >"$0/config.json"
            buildah() {
                command buildah --root "$0/store" --runroot "$0/run" --storage-driver overlay "$@"
            }
            """;

    private final Path directory = Daemon.directory();
    private int layouts;

    Path directory() {
        return directory;
    }

    /** A layout's image that is not there yet, as skopeo and umoci name it after {@code oci:}. */
    String layout() {
        return directory.resolve("layout" + layouts++) + ":image";
    }

    /** Between registries without TLS, and files. */
    void copy(String from, String to, String... options) {
        var line = new ArrayList<>(List.of("skopeo", "copy", "-q", "--insecure-policy"));
        line.addAll(List.of("--src-tls-verify=false", "--dest-tls-verify=false"));
        line.addAll(List.of(options));
        line.addAll(List.of(from, to));
        run(line);
    }

    /** The manifest as the registry has it. */
    String manifest(String image) {
        return Shell.run("skopeo", "inspect", "--tls-verify=false", "--raw", "docker://" + image)
                .ok()
                .out();
    }

    /** What umoci makes of an image, which skopeo reads. */
    Tree unpacked(String image) {
        var layout = layout();
        copy(image, "oci:" + layout);
        return unpackedLayout(layout);
    }

    Tree unpackedLayout(String layout) {
        var root = directory.resolve("root" + layouts++);
        run(List.of("umoci", "raw", "unpack", "--image", layout, root.toString()));
        return Tree.of(root);
    }

    /** What buildah mounts of an image, copied since it is mounted for buildah alone. */
    Tree mounted(String image) {
        var root = directory.resolve("root" + layouts++).toString();
        buildah(
                "c=$(buildah from --tls-verify=false \"$1\"); mkdir \"$2\";"
                        + " cp -a \"$(buildah mount \"$c\")/corpus\" \"$2\"; buildah rm \"$c\"",
                image,
                root);
        return Tree.of(Path.of(root));
    }

    Result buildah(String script, String... arguments) {
        var line = new ArrayList<>(List.of("unshare", "--mount", "sh", "-ec", BUILDAH + script));
        line.add(directory.toString());
        line.addAll(List.of(arguments));
        return run(line);
    }

    static Result run(List<String> line) {
        return Shell.run(120, Map.of(), new byte[0], line).ok();
    }

    @Override
    public void close() {
        Shell.run("rm", "-rf", "--one-file-system", directory.toString());
    }
}
