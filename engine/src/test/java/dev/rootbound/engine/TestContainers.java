package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.oci.Digest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Containers that exist in memory only. */
final class TestContainers {
    static final Instant NOW = Instant.parse("2026-11-22T01:02:03.000000004Z");

    private TestContainers() {}

    static Container of(String id, String name, long tenant, ContainerSpec spec) {
        return of(id, name, tenant, spec, Path.of("/var/lib/rootbound/containers/x/x.log"));
    }

    static Container of(String id, String name, long tenant, ContainerSpec spec, Path log) {
        return new Container(
                id,
                name,
                new Tenant(tenant),
                NOW,
                new Digest("a".repeat(64)),
                List.of(new Digest("b".repeat(64))),
                spec,
                new ContainerState.Created(),
                0,
                false,
                null,
                null,
                "sh",
                List.of("-c", "true"),
                log,
                null,
                List.of());
    }

    static ContainerEntry entry(String id, String name, long tenant) {
        return new ContainerEntry(
                of(id, name, tenant, TestSpec.of("true").build()), Path.of("/nowhere"));
    }
}
