package dev.rootbound.rootfs;

import static java.lang.System.Logger.Level.WARNING;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Removes trees one after another in the background; what fails is left for the next start. */
final class Removals implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Removals.class.getName());

    private final Dir dir;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("remove-layers").factory());

    Removals(Dir dir) {
        this.dir = dir;
    }

    void later(String name) {
        thread.execute(() -> remove(name));
    }

    private void remove(String name) {
        try {
            dir.removeTree(Bytes.of(name));
        } catch (ErrnoException e) {
            LOG.log(WARNING, "remove the layer tree " + name + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
