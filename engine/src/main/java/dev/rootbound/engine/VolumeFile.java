package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A volume's record on disk. */
final class VolumeFile {
    private static final int FORMAT = 1;

    private VolumeFile() {}

    /**
     * What it says.
     *
     * @param madeFor the container with which it goes; empty: it stays
     */
    record Content(Volume volume, String madeFor) {}

    static byte[] write(Content content) {
        var volume = content.volume();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("format", FORMAT);
        fields.put("name", volume.name());
        fields.put("tenant", volume.tenant().uid());
        fields.put("created", volume.created().toString());
        fields.put("anonymous", volume.anonymous());
        fields.put("madeFor", content.madeFor());
        fields.put("labels", volume.labels());
        fields.put("options", volume.options());
        if (volume.bind() != null)
            fields.put("bind", JsonMapper.shared().valueToTree(volume.bind()));
        return Json.write(fields);
    }

    private static @Nullable BindMount bind(byte[] json) throws MalformedException {
        var bind = Json.parse(json, "volume's record").get("bind");
        if (bind == null) return null;
        try {
            return JsonMapper.shared().treeToValue(bind, BindMount.class);
        } catch (JacksonException e) {
            throw new MalformedException("volume's record is damaged: " + e.getOriginalMessage());
        }
    }

    static Content parse(byte[] json, Path path) throws MalformedException {
        var fields = Json.object(json, "volume's record");
        if (fields.number("format") != FORMAT) {
            throw fields.malformed("has format " + fields.number("format"));
        }
        try {
            var volume =
                    new Volume(
                            VolumeName.checked(fields.text("name")),
                            new Tenant(fields.number("tenant")),
                            Instant.parse(fields.text("created")),
                            fields.flag("anonymous"),
                            fields.textMap("labels"),
                            fields.has("options") ? fields.textMap("options") : Map.of(),
                            bind(json),
                            path);
            return new Content(volume, fields.text("madeFor"));
        } catch (DateTimeException | IllegalArgumentException | EngineException.Invalid e) {
            throw fields.malformed("is damaged: " + e.getMessage());
        }
    }
}
