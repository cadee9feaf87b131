package dev.rootbound.rootfs;

import dev.rootbound.oci.Digest;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is kept of an unpacked layer.
 *
 * @param directory its tree's name, a number in base 36: 120 of them fit into the 4 KiB of
 *     overlayfs' options
 * @param entries of its tar
 * @param size bytes of data in its files
 */
record LayerRecord(Digest diffId, String directory, long entries, long size) {
    private static final int FORMAT = 1;
    private static final Pattern DIRECTORY = Pattern.compile("[0-9a-z]{1,12}");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    LayerRecord {
        if (!isDirectory(directory)) {
            throw new IllegalArgumentException("not a layer's directory: " + directory);
        }
        if (entries < 0 || size < 0) {
            throw new IllegalArgumentException(
                    "negative: " + entries + " entries, " + size + " bytes");
        }
    }

    static boolean isDirectory(String name) {
        return DIRECTORY.matcher(name).matches();
    }

    byte[] toJson() {
        return JSON.writeValueAsBytes(
                JSON.createObjectNode()
                        .put("format", FORMAT)
                        .put("diffId", diffId.toString())
                        .put("directory", directory)
                        .put("entries", entries)
                        .put("size", size));
    }

    /**
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static LayerRecord parse(byte[] json) {
        try {
            var node = JSON.readTree(json);
            if (field(node, "format").longValue() != FORMAT) {
                throw new IllegalArgumentException(
                        "format " + field(node, "format") + " is not " + FORMAT);
            }
            return new LayerRecord(
                    Digest.parse(field(node, "diffId").stringValue()),
                    field(node, "directory").stringValue(),
                    field(node, "entries").longValue(),
                    field(node, "size").longValue());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "not a layer's record: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode field(JsonNode node, String name) {
        var field = node.get(name);
        if (field == null) throw new IllegalArgumentException("it has no " + name);
        return field;
    }
}
