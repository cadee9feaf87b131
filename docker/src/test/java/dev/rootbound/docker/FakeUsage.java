package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Usage;
import dev.rootbound.runtime.CgroupStats;
import dev.rootbound.runtime.HostCpu;
import dev.rootbound.runtime.NetworkCounters;
import dev.rootbound.runtime.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** What the fake engine's containers use: the same for each, and more at each question. */
final class FakeUsage implements Usage {
    private final Function<String, FakeEngine.Box> boxes;
    final List<Resources> updates = new CopyOnWriteArrayList<>();
    private volatile long seconds;

    FakeUsage(Function<String, FakeEngine.Box> boxes) {
        this.boxes = boxes;
    }

    @Override
    public void pause(Caller caller, String container) {
        change(container, true);
    }

    @Override
    public void unpause(Caller caller, String container) {
        change(container, false);
    }

    private void change(String container, boolean paused) {
        var box = boxes.apply(container);
        if (!(box.state instanceof ContainerState.Running running) || running.paused() == paused) {
            throw new EngineException.Conflict("Container " + box.id + " cannot be paused");
        }
        box.state =
                new ContainerState.Running(
                        running.pid(),
                        running.startTime(),
                        running.since(),
                        paused,
                        running.lease());
    }

    @Override
    public List<String> update(Caller caller, String container, Resources changes) {
        FakeEngine.Box _ = boxes.apply(container);
        updates.add(changes);
        return changes.blkioWeight() == 0 ? List.of() : List.of("Weight discarded.");
    }

    @Override
    public synchronized Optional<Sample> sample(Caller caller, String container) {
        if (!(boxes.apply(container).state instanceof ContainerState.Running)) {
            return Optional.empty();
        }
        seconds++;
        long second = 1_000_000_000;
        var cpu =
                new CgroupStats.Cpu(
                        seconds * second / 2, List.of(3L, 4L), seconds, seconds, 7, 8, 9);
        var memory =
                new CgroupStats.Memory(
                        50 << 20,
                        60 << 20,
                        Map.of("total_inactive_file", 10L << 20),
                        2,
                        Long.MAX_VALUE);
        var stats =
                new CgroupStats(
                        cpu,
                        memory,
                        new CgroupStats.Pids(3, 4096),
                        List.of(new CgroupStats.BlockIo(8, 0, "read", 4096)),
                        List.of());
        var direction = new NetworkCounters.Direction(1000, 10, 1, 2);
        return Optional.of(
                new Sample(
                        Instant.now(),
                        stats,
                        new HostCpu(seconds * 2 * second, 2),
                        1L << 30,
                        Map.of("eth0", new NetworkCounters(direction, direction))));
    }

    @Override
    public ProcessTable processes(Caller caller, String container, String options) {
        FakeEngine.Box _ = boxes.apply(container);
        var pid = options.equals("-o comm") ? "COMMAND" : "PID";
        return new ProcessTable(List.of(pid, "CMD"), List.of(List.of("4711", "sleep " + options)));
    }
}
