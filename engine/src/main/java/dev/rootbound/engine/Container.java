package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
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
 * @param layers of the image, bottom first: the image may be removed before the container
 * @param spec complete: the image's defaults are filled in
 * @param restarts by its policy, since somebody last started it
 * @param stopAsked whether somebody asked for its end since then
 * @param health {@code null} if it has no health check or never ran
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
        List<Digest> layers,
        ContainerSpec spec,
        ContainerState state,
        int restarts,
        boolean stopAsked,
        @Nullable Health health,
        @Nullable IdMaps ids,
        String path,
        List<String> args,
        Path logFile,
        @Nullable Path rootfs,
        List<String> execIds) {

    private static final int SHORT_ID = 12;

    public Container {
        layers = List.copyOf(layers);
        args = List.copyOf(args);
        execIds = List.copyOf(execIds);
    }

    /** As people are shown it. */
    String shortId() {
        return id.substring(0, SHORT_ID);
    }

    boolean isRunning() {
        return state instanceof ContainerState.Running;
    }

    boolean isPaused() {
        return state instanceof ContainerState.Running running && running.paused();
    }

    Container with(
            ContainerState changed, @Nullable IdMaps changedIds, @Nullable Path changedRoot) {
        return new Container(
                id,
                name,
                tenant,
                created,
                imageId,
                layers,
                spec,
                changed,
                restarts,
                stopAsked,
                health,
                changedIds,
                path,
                args,
                logFile,
                changedRoot,
                execIds);
    }

    Container withExecs(List<String> ids) {
        return new Container(
                id, name, tenant, created, imageId, layers, spec, state, restarts, stopAsked,
                health, this.ids, path, args, logFile, rootfs, ids);
    }

    Container withName(String changed) {
        return new Container(
                id, changed, tenant, created, imageId, layers, spec, state, restarts, stopAsked,
                health, ids, path, args, logFile, rootfs, execIds);
    }

    Container withRestarts(int changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, spec, state, changed, stopAsked, health,
                ids, path, args, logFile, rootfs, execIds);
    }

    Container withStopAsked(boolean changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, spec, state, restarts, changed, health,
                ids, path, args, logFile, rootfs, execIds);
    }

    Container withHealth(@Nullable Health changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, spec, state, restarts, stopAsked,
                changed, ids, path, args, logFile, rootfs, execIds);
    }

    /** What is true when it starts, whatever was before: nobody knows its health. */
    Container starting() {
        var check = spec.health();
        if (check == null || check.argv().isEmpty()) {
            return withHealth(null);
        }
        return withHealth(health == null ? Health.STARTING : health.restarted());
    }

    Container withSpec(ContainerSpec changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, changed, state, restarts, stopAsked,
                health, ids, path, args, logFile, rootfs, execIds);
    }
}
