package dev.rootbound.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A path in a container: {@code CONTAINER:PATH}. */
record ContainerPath(String container, CopyPath path) {
    private static final long DIRECTORY = 1L << 31; // Go's io/fs.FileMode
    private static final long LINK = 1L << 27;

    /** {@code null} if the word is a local path: absolute, with a dot first or without a colon. */
    static @Nullable ContainerPath parse(String word) {
        int colon = word.indexOf(':');
        if (colon < 1 || word.startsWith("/") || word.startsWith(".")) return null;
        return new ContainerPath(word.substring(0, colon), new CopyPath(word.substring(colon + 1)));
    }

    ContainerPath at(CopyPath other) {
        return new ContainerPath(container, other);
    }

    Target target() {
        return Target.of("/containers/", container, "/archive").query("path", path.text());
    }

    /** What is there, its last link not followed; {@code null} if nothing can be found. */
    @Nullable Stat stat(ApiClient engine) throws IOException {
        String header = engine.header(target(), "x-docker-container-path-stat");
        return header.isEmpty() ? null : Stat.parse(header);
    }

    /** What the engine says of a path. */
    record Stat(long mode, String linkTarget) {
        static Stat parse(String header) throws IOException {
            try {
                byte[] json = Base64.getDecoder().decode(header);
                Json stat = JsonReader.read(new String(json, StandardCharsets.UTF_8));
                return new Stat(stat.number("mode"), stat.text("linkTarget"));
            } catch (IllegalArgumentException e) {
                throw new IOException("the engine says of the path what is not base64", e);
            }
        }

        boolean isDirectory() {
            return (mode & DIRECTORY) != 0;
        }

        boolean isLink() {
            return (mode & LINK) != 0;
        }
    }
}
