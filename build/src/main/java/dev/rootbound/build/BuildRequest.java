package dev.rootbound.build;

import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a build.
 *
 * @param dockerfile its path in the context
 * @param remote where the engine fetches the context; empty: it comes with the request
 * @param names of the image; may be none
 * @param arguments of ARG instructions
 * @param labels added to the image's
 * @param target the stage that is wanted, by name or number; empty: the last
 * @param noCache whether nothing is taken from the cache
 * @param uncached names of stages that take nothing from it
 * @param pull whether images are pulled though they are here
 * @param platform empty: the host's
 * @param container what all containers of RUN have: network, limits, hosts
 * @param credentials by registry
 * @param secrets of {@code RUN --mount=type=secret}, by id
 * @param agents sockets of {@code RUN --mount=type=ssh}, absolute paths, by id
 * @param caches references of build caches in registries, in which steps are looked for
 * @param images what contexts are that are images, by the contexts' names
 */
public record BuildRequest(
        String dockerfile,
        String remote,
        List<String> names,
        Map<String, String> arguments,
        Map<String, String> labels,
        String target,
        boolean noCache,
        Set<String> uncached,
        boolean pull,
        Optional<Platform> platform,
        ContainerSpec container,
        Map<String, Credentials> credentials,
        Map<String, byte[]> secrets,
        Map<String, String> agents,
        List<String> caches,
        Map<String, String> images) {
    /** Of the build argument that makes builds reproducible (reproducible-builds.org). */
    static final String SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";

    public BuildRequest {
        names = List.copyOf(names);
        uncached = Set.copyOf(uncached);
        arguments = Map.copyOf(arguments);
        labels = Map.copyOf(labels);
        credentials = Map.copyOf(credentials);
        secrets = Map.copyOf(secrets);
        agents = Map.copyOf(agents);
        caches = List.copyOf(caches);
        images = Map.copyOf(images);
    }

    /** For a reference's registry. */
    Credentials credentials(Reference reference) {
        var found = credentials.get(reference.domain());
        return found == null ? new Credentials.Anonymous() : found;
    }

    /**
     * What all times are at most; {@code null} if it is not given.
     *
     * @throws IllegalArgumentException if it is no number of seconds
     */
    @Nullable Instant epoch() {
        var text = arguments.get(SOURCE_DATE_EPOCH);
        if (text == null || text.isEmpty()) return null;
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 0) return Instant.ofEpochSecond(seconds);
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                SOURCE_DATE_EPOCH + "=" + text + " is no number of seconds since 1970");
    }
}
