package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import dev.rootbound.oci.Digest;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Prunes and measures. */
final class HousekeepingService implements Housekeeping {
    private final Lookup lookup;
    private final Snapshots snapshots;
    private final Life life;
    private final ImageService images;
    private final EventLog events;
    private final Set<Prune> pruning = ConcurrentHashMap.newKeySet();

    /** One that goes on. */
    private record Prune(Tenant tenant, Events.Type what) {}

    HousekeepingService(
            Lookup lookup, Snapshots snapshots, Life life, ImageService images, EventLog events) {
        this.lookup = lookup;
        this.snapshots = snapshots;
        this.life = life;
        this.images = images;
        this.events = events;
    }

    @Override
    public PrunedContainers pruneContainers(Caller caller, Predicate<Container> which) {
        return alone(
                new Prune(caller.tenant(), Events.Type.CONTAINER),
                () -> removeContainers(caller, which));
    }

    /** One at a time, as in Docker: the second would fail at what the first removes. */
    private <T> T alone(Prune prune, Supplier<T> work) {
        if (!pruning.add(prune)) {
            throw new EngineException.Conflict("a prune operation is already running");
        }
        try {
            return work.get();
        } finally {
            pruning.remove(prune);
        }
    }

    private PrunedContainers removeContainers(Caller caller, Predicate<Container> which) {
        var ids = new ArrayList<String>();
        long reclaimed = 0;
        for (var entry : lookup.list(caller, List.of())) {
            if (!entry.container().isRunning() && which.test(entry.container())) {
                long size = delete(entry);
                if (size >= 0) {
                    ids.add(entry.container().id());
                    reclaimed += size;
                }
            }
        }
        events.publishPrune(caller.tenant(), Events.Type.CONTAINER, reclaimed);
        return new PrunedContainers(ids, reclaimed);
    }

    /** Bytes that it had written; negative if it has been started or deleted meanwhile. */
    private long delete(ContainerEntry entry) {
        var container = entry.container();
        try {
            return LocalEngine.attempt(
                    "remove container " + container.name(),
                    () -> {
                        long size = written(container);
                        life.delete(entry, false);
                        return size;
                    });
        } catch (EngineException.Conflict | EngineException.NotFound e) {
            return -1;
        } catch (EngineException e) {
            if (entry.isDeleted()) {
                return -1; // while it was measured
            }
            throw e;
        }
    }

    private long written(Container container) throws IOException {
        return snapshots.tree(container.id(), List.of()).writtenSize();
    }

    @Override
    public PrunedImages pruneImages(Caller caller, Predicate<Image> which) {
        return alone(
                new Prune(caller.tenant(), Events.Type.IMAGE), () -> removeImages(caller, which));
    }

    private PrunedImages removeImages(Caller caller, Predicate<Image> which) {
        var removals = new ArrayList<Engine.Removal>();
        long reclaimed = 0;
        for (var use : images(caller)) {
            if (use.containers() == 0 && which.test(use.image())) {
                var freed =
                        LocalEngine.attempt(
                                "remove image " + use.image().id(),
                                () -> images.removeUnused(caller, use.image()));
                if (freed.isPresent()) {
                    removals.addAll(freed.get().removals());
                    reclaimed += freed.get().bytes();
                }
            }
        }
        events.publishPrune(caller.tenant(), Events.Type.IMAGE, reclaimed);
        return new PrunedImages(removals, reclaimed);
    }

    @Override
    public ContainerSize size(Caller caller, String container) {
        var found = lookup.find(caller, container).container();
        return size(found, sizes(images.list(Caller.of(found.tenant()))));
    }

    private ContainerSize size(Container container, Map<Digest, Long> layers) {
        return LocalEngine.attempt(
                "size of container " + container.name(),
                () -> {
                    long written = written(container);
                    long below = 0;
                    for (var layer : container.layers()) {
                        below += layers.getOrDefault(layer, 0L); // 0: its image is removed
                    }
                    return new ContainerSize(container, written, written + below);
                });
    }

    private static Map<Digest, Long> sizes(List<Image> images) {
        var sizes = new HashMap<Digest, Long>();
        for (var image : images) {
            image.layers().forEach(layer -> sizes.put(layer.diffId(), layer.size()));
        }
        return sizes;
    }

    @Override
    public List<ContainerSize> containers(Caller caller) {
        var layers = sizes(images.list(caller));
        var all = new ArrayList<ContainerSize>();
        for (var entry : lookup.list(caller, List.of())) {
            try {
                all.add(size(entry.container(), layers));
            } catch (EngineException e) {
                if (!entry.isDeleted()) {
                    throw e;
                }
            }
        }
        return all;
    }

    @Override
    public List<ImageUse> images(Caller caller) {
        var all = images.list(caller);
        var owners = new HashMap<Digest, Integer>();
        for (var image : all) {
            image.layers().stream()
                    .map(Image.Layer::diffId)
                    .distinct()
                    .forEach(layer -> owners.merge(layer, 1, Integer::sum));
        }
        var entries = lookup.list(caller, List.of());
        return all.stream()
                .map(image -> new ImageUse(image, shared(image, owners), users(image, entries)))
                .toList();
    }

    private static long shared(Image image, Map<Digest, Integer> owners) {
        return image.layers().stream()
                .filter(layer -> owners.getOrDefault(layer.diffId(), 0) > 1)
                .mapToLong(Image.Layer::size)
                .sum();
    }

    private static int users(Image image, List<ContainerEntry> entries) {
        return (int)
                entries.stream().filter(e -> e.container().imageId().equals(image.id())).count();
    }

    @Override
    public long layers(Caller caller) {
        return sizes(images.list(caller)).values().stream().mapToLong(Long::longValue).sum();
    }
}
