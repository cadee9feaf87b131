package dev.rootbound.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * One image: its configuration and its layers, bottom first (OCI image-spec manifest.md, Docker's
 * manifest v2 schema 2).
 *
 * @param mediaType OCI's if the document does not say
 */
public record Manifest(String mediaType, Descriptor config, List<Descriptor> layers) {
    /**
     * @throws MalformedException if it is not one, also if it is an index too (CVE-2021-41190)
     */
    public static Manifest parse(byte[] document) throws MalformedException {
        var fields = Json.object(document, "image manifest");
        if (fields.number("schemaVersion") != 2) {
            throw fields.malformed(
                    "has schemaVersion "
                            + fields.number("schemaVersion")
                            + ", only 2 is supported; save or push the image again with a current"
                            + " tool");
        }
        var type = fields.text("mediaType");
        if (!type.isEmpty() && !MediaTypes.isManifest(type)) {
            throw fields.malformed("has media type " + type);
        }
        if (fields.has("manifests")) throw fields.malformed("is an index as well");
        var config = fields.object("config");
        if (config.isEmpty()) throw fields.malformed("has no config");
        var layers = new ArrayList<Descriptor>();
        for (var layer : fields.objects("layers")) layers.add(Descriptor.of(layer));
        return new Manifest(
                type.isEmpty() ? MediaTypes.OCI_MANIFEST : type,
                Descriptor.of(config.get()),
                List.copyOf(layers));
    }

    /** As a document; the same manifest is always the same bytes. */
    public byte[] toJson() {
        var document = new LinkedHashMap<String, Object>();
        document.put("schemaVersion", 2);
        document.put("mediaType", mediaType);
        document.put("config", config.fields());
        document.put("layers", layers.stream().map(Descriptor::fields).toList());
        return Json.write(document);
    }
}
