package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Stat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A layer's directory in a temporary one, to unpack into and to look at. */
final class TestLayer implements AutoCloseable {
    static final long FOREIGN = IdRange.FOREIGN.first();

    final Path path;
    private final Dir outer;
    private final Dir root;

    TestLayer(Path outer) throws IOException {
        this.path = Files.createDirectory(outer.resolve("layer"));
        this.outer = Dir.open(outer);
        this.root = Dir.open(path);
    }

    TestLayer unpack(TestTar tar) throws IOException {
        unpack(new ByteArrayInputStream(tar.end()));
        return this;
    }

    LayerUnpacker.Unpacked unpack(InputStream tar) throws IOException {
        try (var unpacker = new LayerUnpacker(new TarReader(tar), root, outer, "removed")) {
            return unpacker.unpack();
        }
    }

    Stat stat(String path) throws ErrnoException {
        int slash = path.lastIndexOf('/');
        if (slash < 0) return root.stat(path.getBytes(UTF_8));
        try (var dir = root.dirInRoot(path.substring(0, slash).getBytes(UTF_8))) {
            return dir.stat(path.substring(slash + 1).getBytes(UTF_8));
        }
    }

    byte[] xattr(String path, String attribute) throws ErrnoException {
        int slash = path.lastIndexOf('/');
        try (var dir = root.dirInRoot(("/" + path.substring(0, slash + 1)).getBytes(UTF_8))) {
            return dir.xattr(path.substring(slash + 1).getBytes(UTF_8), attribute)
                    .orElse(new byte[0]);
        }
    }

    String link(String name) throws ErrnoException {
        return new String(root.readlink(name.getBytes(UTF_8)), UTF_8);
    }

    String content(String name) throws IOException {
        return Files.readString(path.resolve(name));
    }

    void clear() throws ErrnoException {
        for (var name : root.names()) root.removeTree(name);
    }

    @Override
    public void close() {
        root.close();
        outer.close();
    }
}
