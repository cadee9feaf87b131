package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;

/** Paths inside an image, as text. */
final class InsidePath {
    private InsidePath() {}

    /**
     * A path from a directory, {@code .} and {@code ..} resolved in the text.
     *
     * @param directory absolute
     * @return absolute, without a slash at the end
     */
    static String of(String directory, String path) {
        var names = new ArrayDeque<String>();
        var whole = path.startsWith("/") ? path : directory + "/" + path;
        for (var name : whole.split("/+")) {
            switch (name) {
                case "", "." -> {}
                case ".." -> names.pollLast();
                default -> names.add(name);
            }
        }
        return "/" + String.join("/", names);
    }

    /** Of an absolute path. */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    /** A char a byte, as files are named here. */
    static String bytes(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
}
