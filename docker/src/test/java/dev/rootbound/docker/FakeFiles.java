package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.RootFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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
}
