package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where the engine says what happens. A ring for each tenant: none can drown another's events. */
final class EventLog implements Events {
    private final Map<Tenant, EventRing> rings = new ConcurrentHashMap<>();
    private final InstantSource clock;

    private final Predicate<Container> closed;

    EventLog(InstantSource clock) {
        this(clock, _ -> false);
    }

    /**
     * @param closed what a caller in another of the tenant's containers is not told of
     */
    EventLog(InstantSource clock, Predicate<Container> closed) {
        this.clock = clock;
        this.closed = closed;
    }

    private EventRing ring(Tenant tenant) {
        return rings.computeIfAbsent(tenant, _ -> new EventRing(clock));
    }

    @Override
    public Subscription subscribe(
            Caller caller,
            @Nullable Instant since,
            @Nullable Instant until,
            Predicate<Event> filter) {
        Predicate<Event> open = event -> !event.closed();
        return ring(caller.tenant())
                .reader(since, until, caller.leased() ? open.and(filter) : filter);
    }

    void publish(
            Tenant tenant, Type type, String action, String id, Map<String, String> attributes) {
        ring(tenant).add(time -> new Event(type, action, id, attributes, time));
    }

    /** Something happened to a container. */
    void publish(Container container, String action) {
        publish(container, action, Map.of());
    }

    /**
     * @param details besides the labels, {@code image} and {@code name}
     */
    void publish(Container container, String action, Map<String, String> details) {
        var attributes = new HashMap<>(container.spec().labels());
        attributes.put("image", container.spec().image());
        attributes.put("name", container.name());
        attributes.putAll(details);
        publish(container, Type.CONTAINER, action, container.id(), attributes);
    }

    /** Something happened to something of a container's: it is told to whom the container is. */
    private void publish(
            Container container,
            Type type,
            String action,
            String id,
            Map<String, String> attributes) {
        boolean hidden = closed.test(container);
        ring(container.tenant())
                .add(time -> new Event(type, action, id, attributes, time).closedIf(hidden));
    }

    /** Something happened to a volume. */
    void publish(Volume volume, String action) {
        publish(volume.tenant(), Type.VOLUME, action, volume.name(), Map.of("driver", "local"));
    }

    /** Something happened to a network. */
    void publish(Network network, String action) {
        publish(network.tenant(), Type.NETWORK, action, network.id(), attributes(network));
    }

    /** A container came to a network, or left it. */
    void publish(Network network, Container container, String action) {
        var attributes = attributes(network);
        attributes.put("container", container.id());
        publish(container, Type.NETWORK, action, network.id(), attributes);
    }

    private static Map<String, String> attributes(Network network) {
        var attributes = new HashMap<String, String>();
        attributes.put("name", network.name());
        attributes.put("type", network.driver().name().toLowerCase(Locale.ROOT));
        return attributes;
    }

    /** A container that starts has it now. */
    void publishMount(Volume volume, Container container, VolumeMount mount) {
        var attributes =
                Map.of(
                        "container",
                        container.id(),
                        "destination",
                        mount.target(),
                        "driver",
                        "local",
                        "propagation",
                        "",
                        "read/write",
                        Boolean.toString(!mount.readOnly()));
        publish(container, Type.VOLUME, "mount", volume.name(), attributes);
    }

    /** A container that has ended has it no more. */
    void publishUnmount(Volume volume, Container container) {
        var attributes = Map.of("container", container.id(), "driver", "local");
        publish(container, Type.VOLUME, "unmount", volume.name(), attributes);
    }

    /** As Docker: of no object, with what was gained. */
    void publishPrune(Tenant tenant, Type type, long reclaimed) {
        publish(tenant, type, "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
    }

    /** It ended: Docker's {@code oom} if that was why, and {@code die}. */
    void publishEnd(Container container, Instant started, int code, boolean oom, Instant at) {
        if (oom) {
            publish(container, "oom");
        }
        long seconds = Math.max(0, java.time.Duration.between(started, at).toSeconds());
        publish(
                container,
                "die",
                Map.of("exitCode", Integer.toString(code), "execDuration", Long.toString(seconds)));
    }

    /**
     * @param name by which the image was named, or its id
     */
    void publish(Tenant tenant, Image image, String action, String name) {
        var attributes = new HashMap<>(image.config().config().labels());
        attributes.put("name", name);
        publish(tenant, Type.IMAGE, action, image.id().toString(), attributes);
    }
}
