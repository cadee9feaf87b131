package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.ImageFiles;
import dev.rootbound.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One image, whatever is asked. */
final class FakeImageFiles implements ImageFiles {
    final List<Commit> commits = new ArrayList<>();
    final List<String> saved = new ArrayList<>();
    final List<String> problems = new ArrayList<>();
    volatile boolean broken;
    private final FakeEngine engine;

    FakeImageFiles(FakeEngine engine) {
        this.engine = engine;
    }

    @Override
    public Image commit(Caller caller, String container, Commit asked) {
        commits.add(asked);
        return engine.image();
    }

    @Override
    public void save(Caller caller, List<String> names, Destination to) {
        names.forEach(name -> engine.inspectImage(caller, name));
        saved.addAll(names);
        try {
            var out = to.open();
            out.write("a tar".getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new EngineException.Failed("save", e);
        }
        if (broken) {
            throw new EngineException.Failed("content is damaged");
        }
    }

    @Override
    public List<String> verify(Caller caller, String image) {
        return problems;
    }
}
