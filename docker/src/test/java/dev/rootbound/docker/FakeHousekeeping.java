package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Container;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Housekeeping;
import dev.rootbound.image.Image;
import java.util.List;
import java.util.function.Predicate;

/** Every container has written 10 bytes. */
final class FakeHousekeeping implements Housekeeping {
    private final FakeEngine engine;

    FakeHousekeeping(FakeEngine engine) {
        this.engine = engine;
    }

    @Override
    public PrunedContainers pruneContainers(Caller caller, Predicate<Container> which) {
        var ids = engine.list(caller).stream().filter(which).map(Container::id).toList();
        ids.forEach(id -> engine.delete(caller, id, false));
        return new PrunedContainers(ids, 10L * ids.size());
    }

    @Override
    public PrunedImages pruneImages(Caller caller, Predicate<Image> which) {
        var removals =
                engine.images(caller).stream()
                        .filter(which)
                        .<Engine.Removal>map(i -> new Engine.Removal.Deleted(i.id().toString()))
                        .toList();
        return new PrunedImages(removals, 5);
    }

    @Override
    public ContainerSize size(Caller caller, String container) {
        return new ContainerSize(engine.inspect(caller, container), 10, 1244);
    }

    @Override
    public List<ContainerSize> containers(Caller caller) {
        return engine.list(caller).stream().map(c -> new ContainerSize(c, 10, 1244)).toList();
    }

    @Override
    public List<ImageUse> images(Caller caller) {
        return engine.images(caller).stream().map(i -> new ImageUse(i, 7, 3)).toList();
    }

    @Override
    public long layers(Caller caller) {
        return 1234;
    }
}
