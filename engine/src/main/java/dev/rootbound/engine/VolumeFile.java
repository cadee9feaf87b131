package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;

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
        return Json.write(fields);
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
                            path);
            return new Content(volume, fields.text("madeFor"));
        } catch (DateTimeException | IllegalArgumentException | EngineException.Invalid e) {
            throw fields.malformed("is damaged: " + e.getMessage());
        }
    }
}
