package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of the store is a tenant's.
 *
 * @param images asked for late: they are made after who counts them
 */
record TenantTrees(
        Containers containers,
        Snapshots snapshots,
        Supplier<VolumeService> volumes,
        Supplier<ImageService> images,
        Supplier<BuildService> builds)
        implements DiskUse.Source {
    @Override
    public List<DiskUse.Tree> trees(Tenant tenant) {
        Stream<DiskUse.Tree> written =
                containers.all().stream()
                        .filter(entry -> entry.container().tenant().equals(tenant))
                        .map(entry -> new Written(entry, snapshots));
        Stream<DiskUse.Tree> kept =
                volumes.get().list(Caller.of(tenant)).stream()
                        .filter(volume -> volume.options().isEmpty())
                        .map(volume -> new Kept(volume, volumes.get()));
        return Stream.concat(written, kept).toList();
    }

    private record Written(ContainerEntry entry, Snapshots snapshots) implements DiskUse.Tree {
        @Override
        public String name() {
            return "container " + entry.container().name();
        }

        @Override
        public long bytes() throws IOException {
            return snapshots.tree(entry.container().id(), List.of()).writtenSize();
        }

        @Override
        public boolean isGone() {
            return entry.isDeleted();
        }
    }

    private record Kept(Volume volume, VolumeService volumes) implements DiskUse.Tree {
        @Override
        public String name() {
            return "volume " + volume.name();
        }

        @Override
        public long bytes() throws IOException {
            return volumes.written(volume);
        }

        @Override
        public boolean isGone() {
            return !volumes.list(Caller.of(volume.tenant())).contains(volume);
        }
    }

    @Override
    public long builds(Tenant tenant) {
        return builds.get().held(tenant);
    }

    @Override
    public long images(Tenant tenant) {
        return images.get().list(Caller.of(tenant)).stream()
                .flatMap(image -> image.layers().stream())
                .collect(Collectors.toMap(Image.Layer::diffId, Image.Layer::size, Math::max))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
