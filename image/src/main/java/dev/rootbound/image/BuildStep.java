package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Fields;
import dev.rootbound.oci.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;

/**
 * What one step of a build has made: files that an image may be made of. It stays, as the build
 * cache, until it is pruned.
 *
 * @param image whose layers are the files; its configuration says nothing else
 * @param what the instruction, for people
 * @param used when a build last had it, to the hour
 */
public record BuildStep(Digest image, String what, Instant created, Instant used) {
    /** What a new one is, and since when. */
    record Made(String what, Instant created) {}

    BuildStep usedAt(Instant now) {
        return new BuildStep(image, what, created, now);
    }

    Map<String, String> toJson() {
        return Map.of(
                "image", image.toString(),
                "what", what,
                "created", created.toString(),
                "used", used.toString());
    }

    static BuildStep of(Fields fields) throws MalformedException {
        try {
            return new BuildStep(
                    fields.digest("image"),
                    fields.text("what"),
                    Instant.parse(fields.text("created")),
                    Instant.parse(fields.text("used")));
        } catch (DateTimeException e) {
            throw fields.malformed("has a bad time");
        }
    }
}
