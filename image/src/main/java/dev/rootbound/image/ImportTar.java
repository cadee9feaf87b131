package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes an image of one layer from a root file system in a tar: plain, gzip or zstd. */
public final class ImportTar {
    private final Images images;
    private final ContentStore content;
    private final LayerSink sink;
    private final Platform host;
    private final Clock clock;

    /**
     * @param host for which the image is
     */
    public ImportTar(
            Images images, ContentStore content, LayerSink sink, Platform host, Clock clock) {
        this.images = images;
        this.content = content;
        this.sink = sink;
        this.host = host;
        this.clock = clock;
    }

    /**
     * Reads the stream to its end; not closed. A failed import leaves nothing.
     *
     * @param message empty: {@code Imported from -}
     * @param changes Dockerfile instructions such as {@code CMD ["sh"]}
     * @throws IllegalArgumentException for a bad change, before the stream is read
     */
    public Image load(
            long tenant,
            InputStream tar,
            Optional<Reference> name,
            String message,
            List<String> changes)
            throws IOException {
        var config = new ConfigChanges();
        changes.forEach(config::apply);
        var comment = message.isEmpty() ? "Imported from -" : message;
        try (var work = new Work(images, content, sink)) {
            var blob = work.put(tar, null);
            var diffId = diffId(work, blob);
            var layer = work.unpack(diffId, blob.digest());
            var raw = config(config.toJson(), diffId, comment);
            var names = name.map(Reference::withDefaultTag).stream().toList();
            var addition = new Images.Addition(raw, Optional.empty(), List.of(layer), names);
            return work.add(tenant, List.of(addition)).getFirst();
        }
    }

    private static Digest diffId(Work work, Blob blob) throws IOException {
        try (var raw = work.open(blob.digest());
                var tar = Compression.decompress(raw)) {
            return Sha256.of(tar);
        }
    }

    private byte[] config(Map<String, Object> config, Digest diffId, String comment) {
        var created = clock.instant().truncatedTo(ChronoUnit.MICROS).toString();
        var document = new LinkedHashMap<String, Object>();
        document.put("architecture", host.architecture());
        if (!host.variant().isEmpty()) document.put("variant", host.variant());
        document.put("config", config);
        document.put("created", created);
        document.put(
                "history", List.of(new TreeMap<>(Map.of("created", created, "comment", comment))));
        document.put("os", host.os());
        document.put("rootfs", Commit.rootfs(List.of(diffId)));
        return Json.write(document);
    }
}
