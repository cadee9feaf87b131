package dev.rootbound.docker;

import dev.rootbound.image.Image;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** An image as Docker's list and inspect show it. */
final class ImageJson {
    private ImageJson() {}

    static ObjectNode summary(Image image) {
        return summary(image, image.names(), image.digests());
    }

    /**
     * @param names those that are shown
     */
    static ObjectNode summary(Image image, List<String> names, List<String> digests) {
        var json = Json.object();
        json.put("Containers", -1).put("Created", created(image).getEpochSecond());
        json.put("Id", image.id().toString());
        json.set("Labels", Json.object(image.config().config().labels()));
        json.put("ParentId", "");
        json.set("RepoDigests", Json.array(digests));
        json.set("RepoTags", Json.array(names));
        return json.put("SharedSize", -1).put("Size", image.size());
    }

    static ObjectNode full(Image image) {
        var config = image.config();
        var json = Json.object().put("Id", image.id().toString());
        json.set("RepoTags", Json.array(image.names()));
        json.set("RepoDigests", Json.array(image.digests()));
        json.put("Parent", "").put("Comment", comment(image));
        json.put("Created", config.created()).put("DockerVersion", "");
        json.put("Author", config.author());
        var raw = Json.objectOrEmpty(image.rawConfig());
        json.set("Config", raw.get("config") instanceof ObjectNode c ? c : Json.object());
        json.put("Architecture", config.architecture());
        copy(raw, "variant", json, "Variant");
        json.put("Os", config.os());
        copy(raw, "os.version", json, "OsVersion");
        json.put("Size", image.size());
        json.putObject("GraphDriver").put("Name", "overlay").putObject("Data");
        var layers = image.layers().stream().map(layer -> layer.diffId().toString()).toList();
        json.putObject("RootFS").put("Type", "layers").set("Layers", Json.array(layers));
        json.putObject("Metadata").put("LastTagTime", Timestamps.NEVER);
        return json;
    }

    /** Left out where the image does not say, as in Docker. */
    private static void copy(ObjectNode from, String field, ObjectNode to, String name) {
        if (from.get(field) instanceof StringNode text && !text.stringValue().isEmpty()) {
            to.put(name, text.stringValue());
        }
    }

    private static String comment(Image image) {
        var history = image.config().history();
        return history.isEmpty() ? "" : history.getLast().comment();
    }

    /** The beginning of 1970 if the image does not say. */
    static Instant created(Image image) {
        try {
            return OffsetDateTime.parse(image.config().created()).toInstant();
        } catch (DateTimeException _) {
            return Instant.EPOCH;
        }
    }

    /** A name without its tag or digest. */
    static String bare(String name) {
        int at = name.indexOf('@');
        if (at >= 0) {
            return name.substring(0, at);
        }
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    /** By full or short id, or by name, with {@code latest} left out or not. */
    static boolean isNamed(Image image, String name) {
        var hex = name.startsWith("sha256:") ? name.substring("sha256:".length()) : name;
        return List.of(name, name + ":latest").stream().anyMatch(image.names()::contains)
                || image.digests().contains(name)
                || (!hex.isEmpty() && image.id().hex().startsWith(hex));
    }
}
