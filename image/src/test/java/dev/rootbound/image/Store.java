package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An image store in a directory, and what tests put into it. */
final class Store {
    static final Platform HOST = new Platform("linux", "amd64", "");
    static final long ALICE = 1000;
    static final long BOB = 1001;

    final Path dir;
    final ContentStore content;
    final Images images;
    final MemoryLayers layers = new MemoryLayers();
    final ArchiveLoader loader;

    Store(Path dir) throws IOException {
        this.dir = dir;
        content = new ContentStore(dir.resolve("content"));
        images = new Images(dir.resolve("records"), content);
        loader = new ArchiveLoader(images, content, layers, HOST);
    }

    List<ArchiveLoader.Loaded> load(byte[] archive) throws IOException {
        return loader.load(ALICE, new ByteArrayInputStream(archive));
    }

    /** An image of one layer that holds one file of that name. */
    Image add(long tenant, String file, String... names) throws IOException {
        var layer = layer(file);
        try (var work = new Work(images, content, layers)) {
            var blob = work.put(new ByteArrayInputStream(layer), null);
            var unpacked = work.unpack(Sha256.of(layer), blob.digest());
            var references = Stream.of(names).map(Reference::parse).toList();
            var addition =
                    new Images.Addition(
                            config(layer), Optional.empty(), List.of(unpacked), references);
            return work.add(tenant, List.of(addition)).getFirst();
        }
    }

    static byte[] layer(String file) {
        return Tars.tar(t -> t.file(file, 0644, file.getBytes(UTF_8)));
    }

    static byte[] config(byte[]... layers) {
        var diffIds = Stream.of(layers).map(Sha256::of).map(Digest::toString).toList();
        return Json.write(
                Map.of(
                        "architecture",
                        "amd64",
                        "os",
                        "linux",
                        "rootfs",
                        Map.of("type", "layers", "diff_ids", diffIds)));
    }

    void assertEmpty() throws IOException {
        assertThat(content.list()).isEmpty();
        assertThat(dir.resolve("content/incoming")).isEmptyDirectory();
        assertThat(layers.layers).isEmpty();
        assertThat(images.list(ALICE)).isEmpty();
        assertThat(dir.resolve("records/images")).isDirectoryNotContaining("regex:.*json");
    }
}
