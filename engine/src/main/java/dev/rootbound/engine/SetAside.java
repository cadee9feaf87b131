package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.oci.Digest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * A container of which only the directory is known, because its state file is damaged. It is host
 * root's: whose it was is not known either.
 */
final class SetAside {
    private static final Tenant ROOT = new Tenant(0);
    private static final int NAME_DIGITS = 12;

    private SetAside() {}

    /**
     * @param layers all that it may need
     */
    static Container of(String id, Path directory, Collection<Digest> layers, String reason) {
        return new Container(
                id,
                "damaged-" + id.substring(0, NAME_DIGITS),
                ROOT,
                Instant.EPOCH,
                new Digest("0".repeat(64)),
                List.copyOf(layers),
                ContainerSpec.of(""),
                new ContainerState.Dead(reason),
                0,
                false,
                null,
                null,
                "",
                List.of(),
                directory.resolve(id + ".log"),
                null,
                List.of());
    }
}
