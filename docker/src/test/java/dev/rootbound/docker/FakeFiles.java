package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.RootFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The same files in every container. */
final class FakeFiles implements RootFiles {
    final List<Change> changes = new ArrayList<>();
    volatile String tar = "a tar";
    volatile boolean broken;

    @Override
    public List<Change> changes(Caller caller, String container) {
        return changes;
    }

    @Override
    public void export(Caller caller, String container, OutputStream out) {
        try {
            out.write(tar.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new EngineException.Failed("export", e);
        }
        if (broken) {
            throw new EngineException.Failed("it was deleted meanwhile");
        }
    }

    volatile PathStat stat = new PathStat("f", 0, 0, Instant.EPOCH, "");
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile byte[] copied = {};

    @Override
    public Found find(Caller caller, String container, byte[] path) {
        asked.add(container + " " + new String(path, StandardCharsets.ISO_8859_1));
        return new Found() {
            @Override
            public PathStat stat() {
                return stat;
            }

            @Override
            public void archive(OutputStream out) {
                export(caller, container, out);
            }

            @Override
            public void close() {
                asked.add("closed");
            }
        };
    }

    @Override
    public void copy(
            Caller caller, String container, byte[] path, Copying how, InputStream archive) {
        asked.add(container + " " + new String(path, StandardCharsets.ISO_8859_1) + " " + how);
        try {
            copied = archive.readAllBytes();
        } catch (IOException e) {
            throw new EngineException.Failed("copy", e);
        }
    }

    @Override
    public Owner user(Caller caller, String container) {
        return new Owner(0, 0);
    }
}
