package dev.rootbound.engine;

import dev.rootbound.rootfs.RootTree;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Containers' files, from the store. */
final class RootFileService implements RootFiles {
    private final Containers containers;
    private final Snapshots snapshots;
    private final EventLog events;

    RootFileService(Containers containers, Snapshots snapshots, EventLog events) {
        this.containers = containers;
        this.snapshots = snapshots;
        this.events = events;
    }

    private RootTree tree(Container container) throws IOException {
        return snapshots.tree(container.id(), container.layers());
    }

    @Override
    public List<Change> changes(Caller caller, String name) {
        var container = containers.find(caller.tenant(), name).container();
        return LocalEngine.attempt(
                "changes of container " + container.name(),
                () -> tree(container).changes().stream().map(RootFileService::change).toList());
    }

    private static Change change(RootTree.Change change) {
        var kind =
                switch (change.kind()) {
                    case MODIFIED -> Kind.MODIFIED;
                    case ADDED -> Kind.ADDED;
                    case DELETED -> Kind.DELETED;
                };
        return new Change(change.path(), kind);
    }

    @Override
    public void export(Caller caller, String name, OutputStream tar) {
        var entry = containers.find(caller.tenant(), name);
        var container = entry.container();
        LocalEngine.perform(
                "export container " + container.name(),
                () ->
                        tree(container)
                                .export(
                                        tar,
                                        () -> {
                                            if (entry.isDeleted()) {
                                                throw new IOException("it was deleted meanwhile");
                                            }
                                        }));
        events.publish(container, "export");
    }
}
