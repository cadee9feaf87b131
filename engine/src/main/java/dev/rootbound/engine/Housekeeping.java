package dev.rootbound.engine;

import dev.rootbound.image.Image;
import java.util.List;
import java.util.function.Predicate;

/** What the caller's objects take on disk, and the removal of what is not used. Sizes in bytes. */
public interface Housekeeping {
    /**
     * What was deleted.
     *
     * @param ids of containers
     * @param reclaimed bytes
     */
    record PrunedContainers(List<String> ids, long reclaimed) {
        public PrunedContainers {
            ids = List.copyOf(ids);
        }
    }

    /** What was deleted. */
    record PrunedImages(List<Engine.Removal> removals, long reclaimed) {
        public PrunedImages {
            removals = List.copyOf(removals);
        }
    }

    /**
     * A container's size.
     *
     * @param written by it, in its writable layer
     * @param root that and its image's layers
     */
    record ContainerSize(Container container, long written, long root) {}

    /**
     * An image's use.
     *
     * @param shared bytes of the layers that another image of the caller has too
     * @param containers made from it, running or not
     */
    record ImageUse(Image image, long shared, int containers) {}

    /** Deletes the containers that do not run and for which {@code which} holds. */
    PrunedContainers pruneContainers(Caller caller, Predicate<Container> which);

    /** Deletes the images of no container for which {@code which} holds, with all their names. */
    PrunedImages pruneImages(Caller caller, Predicate<Image> which);

    /** Walks the container's writable layer. */
    ContainerSize size(Caller caller, String container);

    /** Of all containers; walks their writable layers. Newest first. */
    List<ContainerSize> containers(Caller caller);

    /** Of all images, newest first. */
    List<ImageUse> images(Caller caller);

    /** Bytes of the layers of the caller's images, each counted once. */
    long layers(Caller caller);
}
