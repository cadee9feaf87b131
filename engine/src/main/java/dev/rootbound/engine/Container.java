package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
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
        @Nullable IdMap ids,
        String path,
        List<String> args,
        Path logFile,
        @Nullable Path rootfs,
        List<String> execIds) {

    public Container {
        layers = List.copyOf(layers);
        args = List.copyOf(args);
        execIds = List.copyOf(execIds);
    }

    boolean isRunning() {
        return state instanceof ContainerState.Running;
    }

    boolean isPaused() {
        return state instanceof ContainerState.Running running && running.paused();
    }

    Container with(ContainerState changed, @Nullable IdMap changedIds, @Nullable Path changedRoot) {
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
                changedIds,
                path,
                args,
                logFile,
                changedRoot,
                execIds);
    }

    Container with(ContainerSpec changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, changed, state, restarts, ids, path,
                args, logFile, rootfs, execIds);
    }

    Container withExecs(List<String> ids) {
        return new Container(
                id, name, tenant, created, imageId, layers, spec, state, restarts, this.ids, path,
                args, logFile, rootfs, ids);
    }

    Container withSpec(ContainerSpec changed) {
        return new Container(
                id, name, tenant, created, imageId, layers, changed, state, restarts, ids, path,
                args, logFile, rootfs, execIds);
    }
}
