package dev.rootbound.oci;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of manifests, for platforms or of an archive (OCI image-spec image-index.md, Docker's
 * manifest list).
 */
public record Index(List<Descriptor> manifests) {
    /**
     * @throws MalformedException if it is not one, also if it is a manifest too (CVE-2021-41190)
     */
    public static Index parse(byte[] document) throws MalformedException {
        var fields = Json.object(document, "image index");
        if (fields.number("schemaVersion") != 2) throw fields.malformed("has no schemaVersion 2");
        var type = fields.text("mediaType");
        if (!type.isEmpty() && !MediaTypes.isIndex(type)) {
            throw fields.malformed("has media type " + type);
        }
        if (fields.has("layers") || fields.has("config")) {
            throw fields.malformed("is a manifest as well");
        }
        var manifests = new ArrayList<Descriptor>();
        for (var manifest : fields.objects("manifests")) manifests.add(Descriptor.of(manifest));
        return new Index(List.copyOf(manifests));
    }
}
