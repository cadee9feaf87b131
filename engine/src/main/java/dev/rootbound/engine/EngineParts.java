package dev.rootbound.engine;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.image.ContentStore;
import dev.rootbound.image.Images;
import dev.rootbound.image.LayerSink;
import dev.rootbound.registry.Registries;
import dev.rootbound.rootfs.EtcFiles;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.Snapshots;
import dev.rootbound.rootfs.VolumeTrees;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Tools;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is made of.
 *
 * @param lock of the root; closed with the engine
 * @param version the product's
 * @param root what outlives a boot
 * @param run what does not
 * @param pool what containers' ids are leased from, and how that is written in /etc/subuid
 * @param remap {@code null}: each container has ids of its own
 * @param subnets which of them are other engines'
 * @param volumes their files
 * @param etcFiles those of containers that the engine writes
 * @param etc where the host's users and their subordinate ids are written
 * @param sockets where the engine listens
 * @param damaged what was found damaged at the start and set aside, a sentence each
 * @param policy the administrator's, as it is now
 * @param environment where programs are looked for ({@code PATH})
 */
public record EngineParts(
        EngineLock lock,
        String version,
        Path root,
        Path run,
        Host host,
        Tools tools,
        Monitors monitors,
        IdPool pool,
        String poolText,
        @Nullable Remap remap,
        ContentStore content,
        Images images,
        LayerSink layers,
        Registries registries,
        Snapshots snapshots,
        SubnetClaims subnets,
        VolumeTrees volumes,
        EtcFiles etcFiles,
        HostMounts hostMounts,
        Path etc,
        Set<Path> sockets,
        List<String> damaged,
        PolicyInForce policy,
        Map<String, String> environment,
        Clock clock,
        RandomGenerator random) {}
