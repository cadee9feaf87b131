package dev.rootbound.engine;

import dev.rootbound.image.BuildStep;
import dev.rootbound.image.Image;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.StepFiles;
import dev.rootbound.oci.Digest;
import dev.rootbound.registry.Credentials;
import dev.rootbound.rootfs.LayerRules;
import java.io.InputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Images made in steps, for a builder. A step is a container of the caller's, whose changes become
 * a layer. What a step has made stays as the caller's build cache, found by a key that the builder
 * chooses, until it is pruned.
 */
public interface Builds {
    /** Begins a build. */
    Build begin(Caller caller);

    /** Where a builder may keep files of its own; nobody else can look, nothing stays there. */
    Path directory();

    /** Bytes that a layer may have. */
    long largest();

    /** What the caller's builds have made, by key. */
    Map<Digest, Cached> cache(Caller caller);

    /**
     * What a step has made.
     *
     * @param size bytes of the layer that it has added
     * @param shared whether an image of the caller's has that layer, too
     * @param inUse whether a build that goes on has it
     */
    record Cached(BuildStep step, long size, boolean shared, boolean inUse) {}

    /**
     * Forgets steps, but those that builds which go on have.
     *
     * @return bytes of the layers that nothing of the caller's needs any more
     */
    long forget(Caller caller, Collection<Digest> keys);

    /**
     * Writes an archive of what steps have made, for another engine.
     *
     * @throws EngineException also if the caller has a step's layer no more
     */
    void save(Caller caller, StepCache steps, ImageFiles.Destination to);

    /** Mode and owner of a file, as inside. */
    record Owner(long uid, long gid, int mode) {}

    /**
     * What a step's container has in memory alone, as long as it runs: no file on a disk ever holds
     * it.
     *
     * @param environment {@code NAME=VALUE}, over the spec's
     */
    record Secrets(List<File> files, List<String> environment) {
        public static final Secrets NONE = new Secrets(List.of(), List.of());

        /** One to be read, at a path inside. */
        @SuppressWarnings("ArrayRecordComponent") // it is never compared
        public record File(String target, Owner owner, byte[] content) {}

        public Secrets {
            files = List.copyOf(files);
            environment = List.copyOf(environment);
        }

        /** It shows none of them. */
        @Override
        public String toString() {
            return files.size() + " files and " + environment.size() + " variables";
        }
    }

    /** One build: what it has had or made is not forgotten before it is closed. May be shared. */
    interface Build extends AutoCloseable {
        /** Told of each image whose files the build begins with or copies from. */
        void uses(Image image);

        /**
         * A host id, of a user and a group, that is the tenant's and owns nothing: for programs
         * that the builder runs on the host.
         */
        long stranger();

        /**
         * Counts what the builder has written for this build outside of containers and images, or,
         * if negative, has removed: the tenant has it on disk, until the build is closed.
         *
         * @throws EngineException.Denied if it may not have so much
         */
        void holds(long bytes);

        /**
         * Opens a unix(7) socket of the host's with the caller's rights, as a bind mount of it is.
         *
         * @param path absolute
         */
        HostSocket socket(String path);

        /**
         * Makes a unix(7) socket in the volume of a container that was not started, and listens
         * there; it goes with the volume.
         *
         * @param name in the volume's root
         */
        ServerSocketChannel listen(String container, String name, Owner owner);

        /** No files. */
        StepFiles nothing();

        /** What a step with this key has made before. */
        Optional<StepFiles> cached(Digest key);

        /**
         * Has steps looked for in a registry, too.
         *
         * @param reference of a build cache, familiar or full
         */
        void takesFrom(String reference, Credentials credentials);

        /**
         * Has steps looked for in an archive, too. It is read to its end.
         *
         * @param warn told if it is no build cache
         */
        void takesFrom(InputStream archive, Consumer<String> warn);

        /**
         * What a step with this key has made elsewhere, as one of those caches has it, on the same
         * files; from now on it is in the caller's cache.
         *
         * @param on the files that the step begins with
         * @param what the instruction, for people
         * @param warn told, once, of a cache that cannot give what it should
         */
        Optional<StepFiles> imported(StepFiles on, Digest key, String what, Consumer<String> warn);

        /** Has another key, too, find what a step has made. */
        void alias(Digest key, Digest other);

        /**
         * Makes a container of a step. It is as the spec says, whatever is configured in an image,
         * and does not outlive the engine.
         *
         * @param files it begins with
         * @return the container's id
         */
        String create(StepFiles files, ContainerSpec spec, Secrets secrets);

        /**
         * Makes the container's changes a layer, or none if there are none, and removes the
         * container.
         *
         * @param key by which it is found again
         * @param what the instruction, for people
         * @param more a tar, uncompressed, of what the layer has besides, all in directories that
         *     the container has made; {@code null}: nothing
         */
        StepFiles commit(
                String container,
                Digest key,
                String what,
                LayerRules rules,
                @Nullable InputStream more);

        /** Removes a step's container that made nothing; unchanged if it is gone. */
        void discard(String container);

        /**
         * Makes the image that is asked for.
         *
         * @param files of the last step
         * @param config its configuration, with these files' layers
         */
        Image finish(StepFiles files, byte[] config, List<String> names);

        @Override
        void close();
    }
}
