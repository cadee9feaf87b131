package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.oci.Digest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container as it stands at one moment: a value, never updated.
 *
 * @param id 64 hexadecimal digits
 * @param name without a slash
 * @param spec complete: the image's defaults are filled in
 * @param ids its host ids while it runs, else {@code null}
 * @param path argv[0], as inspect shows it
 * @param args the rest of argv
 * @param rootfs the merged root while it runs, else {@code null}
 */
public record Container(
        String id,
        String name,
        Tenant tenant,
        Instant created,
        Digest imageId,
        ContainerSpec spec,
        ContainerState state,
        int restarts,
        @Nullable IdMap ids,
        String path,
        List<String> args,
        Path logFile,
        @Nullable Path rootfs,
        List<String> execIds) {}
