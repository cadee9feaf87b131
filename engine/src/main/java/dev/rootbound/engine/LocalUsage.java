package dev.rootbound.engine;

import dev.rootbound.linux.Processes;
import dev.rootbound.runtime.Cgroup;
import dev.rootbound.runtime.HostCpu;
import dev.rootbound.runtime.NetworkCounters;
import dev.rootbound.runtime.ProcessFacts;
import dev.rootbound.runtime.Resources;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes running containers' cgroups, and reads /proc. */
final class LocalUsage implements Usage {
    private final Lookup lookup;
    private final Freezer freezer;
    private final Policy policy;
    private final InFlight inFlight;
    private final EventLog events;
    private final InstantSource clock;

    LocalUsage(
            Lookup lookup,
            Freezer freezer,
            Policy policy,
            InFlight inFlight,
            EventLog events,
            InstantSource clock) {
        this.lookup = lookup;
        this.freezer = freezer;
        this.policy = policy;
        this.inFlight = inFlight;
        this.events = events;
        this.clock = clock;
    }

    private ContainerEntry find(Caller caller, String container) {
        return lookup.find(caller, container);
    }

    @Override
    public void pause(Caller caller, String container) {
        var entry = find(caller, container);
        LocalEngine.perform(
                "pause container " + entry.container().name(), () -> freezer.pause(entry));
    }

    @Override
    public void unpause(Caller caller, String container) {
        var entry = find(caller, container);
        LocalEngine.perform(
                "unpause container " + entry.container().name(), () -> freezer.unpause(entry));
    }

    @Override
    public List<String> update(Caller caller, String container, Resources changes) {
        var entry = find(caller, container);
        return LocalEngine.attempt(
                "update container " + entry.container().name(), () -> update(entry, changes));
    }

    private List<String> update(ContainerEntry entry, Resources changes) throws IOException {
        entry.lock.lock();
        try (var _ = inFlight.begin()) {
            var before = entry.container();
            Life.refuseGone(entry);
            var judged = policy.judge(ResourceChange.of(before.spec().resources(), changes));
            var now = judged.value();
            // durable first: what a crash leaves out is in force from the next start on
            become(entry, before.withSpec(before.spec().with(given -> given.resources = now)));
            var live = entry.live();
            try {
                var warnings = new ArrayList<>(judged.warnings());
                if (live != null && before.isRunning()) {
                    warnings.addAll(
                            cgroup(entry, live)
                                    .update(
                                            ResourceChange.differing(
                                                    before.spec().resources(), now)));
                }
                events.publish(entry.container(), "update");
                return List.copyOf(warnings);
            } catch (IOException | RuntimeException e) {
                become(entry, before);
                throw e;
            }
        } finally {
            entry.lock.unlock();
        }
    }

    private static void become(ContainerEntry entry, Container changed) throws IOException {
        StateFile.write(entry.directory, changed);
        entry.become(changed);
    }

    @Override
    public Optional<Sample> sample(Caller caller, String container) {
        var entry = find(caller, container);
        var live = entry.live();
        if (live == null
                || !(entry.container().state() instanceof ContainerState.Running running)) {
            return Optional.empty();
        }
        return LocalEngine.attempt(
                "statistics of container " + entry.container().name(),
                () -> sample(entry.container(), running));
    }

    private Optional<Sample> sample(Container container, ContainerState.Running running)
            throws IOException {
        try {
            long pid = running.pid();
            var sample =
                    new Sample(
                            clock.instant(),
                            Cgroup.of(pid, container.id()).stats(),
                            HostCpu.read(),
                            HostCpu.memory(),
                            NetworkCounters.of(pid));
            // else it has ended, and what was read may be another process's
            return Processes.startTime(pid).filter(t -> t == running.startTime()).map(_ -> sample);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Processes.startTime(running.pid()).isEmpty()) {
                return Optional.empty(); // it ended while it was read
            }
            throw e;
        }
    }

    @Override
    public ProcessTable processes(Caller caller, String container, String options) {
        var entry = find(caller, container);
        var format = PsFormat.parse(options);
        var live = entry.running();
        return LocalEngine.attempt(
                "processes of container " + entry.container().name(),
                () -> {
                    var facts = new ArrayList<ProcessFacts>();
                    for (long pid : cgroup(entry, live).processes()) {
                        ProcessFacts.of(pid).ifPresent(facts::add);
                    }
                    events.publish(entry.container(), "top");
                    return format.table(facts, PsHost.read(clock.instant()));
                });
    }

    private static Cgroup cgroup(ContainerEntry entry, ContainerEntry.Live live)
            throws IOException {
        try {
            return Cgroup.of(live.monitor().pid(), entry.container().id());
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict(
                    "container " + entry.container().id() + " is not running");
        }
    }
}
