package dev.rootbound.docker;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.ImageFiles;
import dev.rootbound.image.StepCache;
import dev.rootbound.oci.Digest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/** An empty build cache; builds themselves are tested with a real engine. */
final class FakeBuilds implements Builds {
    @Override
    public Build begin(Caller caller) {
        throw new UnsupportedOperationException("a real engine builds");
    }

    @Override
    public Path directory() {
        return Path.of("/tmp");
    }

    @Override
    public long largest() {
        return Long.MAX_VALUE;
    }

    @Override
    public Map<Digest, Cached> cache(Caller caller) {
        return Map.of();
    }

    @Override
    public void save(Caller caller, StepCache steps, ImageFiles.Destination to) {
        throw new UnsupportedOperationException("a real engine saves");
    }

    @Override
    public long forget(Caller caller, Collection<Digest> keys) {
        return 0;
    }
}
