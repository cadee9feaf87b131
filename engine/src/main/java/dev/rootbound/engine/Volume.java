package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A volume: files that outlive the containers that use them.
 *
 * @param name of its tenant's volumes
 * @param anonymous whether it was made for one container, that nobody gave a name
 * @param options of the driver, as they were given
 * @param bind the directory of the host that it is; {@code null}: it is none
 * @param path where its files are on the host; closed to everybody but the engine
 */
public record Volume(
        String name,
        Tenant tenant,
        Instant created,
        boolean anonymous,
        Map<String, String> labels,
        Map<String, String> options,
        @Nullable BindMount bind,
        Path path) {
    public Volume {
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
    }

    /** Of its files in the store. */
    String tree() {
        return String.valueOf(path.getFileName());
    }
}
