package dev.rootbound.oci;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names content elsewhere (OCI image-spec descriptor.md).
 *
 * @param size bytes
 * @param platform of a manifest in an index
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Map<String, String> annotations,
        Optional<Platform> platform) {

    /** Without annotations and platform. */
    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Map.of(), Optional.empty());
    }

    /** What a document says of it, in this order; not its annotations and platform. */
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("mediaType", mediaType);
        fields.put("digest", digest);
        fields.put("size", size);
        return fields;
    }

    static Descriptor of(Fields fields) throws MalformedException {
        long size = fields.number("size");
        if (size < 0) throw fields.malformed("has size " + size);
        var platform = fields.object("platform");
        return new Descriptor(
                fields.text("mediaType"),
                fields.digest("digest"),
                size,
                fields.textMap("annotations"),
                platform.isEmpty() ? Optional.empty() : Optional.of(Platform.of(platform.get())));
    }
}
