package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Volume;
import dev.rootbound.engine.Volumes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Volumes in memory, of 7 bytes each; {@code used} is used by a container. */
final class FakeVolumes implements Volumes {
    private final Map<String, Volume> volumes = new TreeMap<>();

    @Override
    public synchronized Volume create(Caller caller, String name, Making making) {
        boolean anonymous = name.isEmpty();
        var own = anonymous ? "f".repeat(64) : name;
        return volumes.computeIfAbsent(
                own,
                _ ->
                        new Volume(
                                own,
                                caller.tenant(),
                                Instant.EPOCH,
                                anonymous,
                                making.labels(),
                                making.options(),
                                null,
                                Path.of("/store/v/" + own)));
    }

    @Override
    public synchronized Volume find(Caller caller, String name) {
        var volume = volumes.get(name);
        if (volume == null) throw new EngineException.NotFound("get " + name + ": no such volume");
        return volume;
    }

    @Override
    public synchronized List<Volume> list(Caller caller) {
        return List.copyOf(volumes.values());
    }

    @Override
    public Map<String, List<String>> users(Caller caller) {
        return Map.of("used", List.of("c0ffee"));
    }

    @Override
    public synchronized void remove(Caller caller, String name, boolean force) {
        if (name.equals("used")) {
            throw new EngineException.Conflict("remove used: volume is in use - [c0ffee]");
        }
        if (volumes.remove(name) == null && !force) {
            throw new EngineException.NotFound("get " + name + ": no such volume");
        }
    }

    @Override
    public long size(Volume volume) {
        return 7;
    }

    @Override
    public synchronized Pruned prune(Caller caller, Predicate<Volume> which) {
        var names =
                volumes.values().stream()
                        .filter(volume -> !volume.name().equals("used"))
                        .filter(which)
                        .map(Volume::name)
                        .toList();
        volumes.keySet().removeAll(names);
        return new Pruned(names, 7L * names.size());
    }
}
