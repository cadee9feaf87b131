package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Networks;
import dev.rootbound.engine.Networks.Connections;
import dev.rootbound.image.Image;
import dev.rootbound.network.Protocol;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Which containers a list shows. */
record ContainerFilter(Filters filters, List<Container> containers) {
    static final Set<String> KNOWN =
            Set.of(
                    "ancestor",
                    "before",
                    "exited",
                    "id",
                    "isolation",
                    "tenant",
                    "label",
                    "name",
                    "status",
                    "health",
                    "since",
                    "volume",
                    "network",
                    "is-task",
                    "publish",
                    "expose");

    private static final Set<String> STATES =
            Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

    /**
     * @param all also those that do not run; a filter for states says the same
     */
    List<Container> matching(boolean all, Engine engine, Caller caller) {
        check();
        boolean stopped = all || filters.has("status");
        var before = filters.of("before").stream().map(this::find).toList();
        var since = filters.of("since").stream().map(this::find).toList();
        var ancestor = ancestor(engine, caller);
        return containers.stream()
                .filter(c -> stopped || StateText.isUp(c.state()))
                .filter(this::matches)
                .filter(ancestor)
                .filter(c -> isConnected(engine, c))
                .filter(c -> before.stream().allMatch(b -> c.created().isBefore(b.created())))
                .filter(c -> since.stream().allMatch(s -> c.created().isAfter(s.created())))
                .toList();
    }

    private void check() {
        for (var status : filters.of("status")) {
            if (!STATES.contains(status)) {
                throw new ApiException(400, "invalid filter 'status=" + status + "'");
            }
        }
        for (var name : List.of("publish", "expose")) {
            boolean _ = isAsked(name, 0, Protocol.TCP); // a value that is none is refused
        }
        for (var code : filters.of("exited")) {
            if (!code.matches("-?\\d{1,9}")) {
                throw new ApiException(400, "invalid filter 'exited=" + code + "'");
            }
        }
    }

    private boolean matches(Container c) {
        return filters.any("id", c.id()::startsWith)
                && filters.any("name", name -> named(c, name))
                && filters.any("status", StateText.status(c.state())::equals)
                && filters.labels(c.spec().labels())
                && filters.any("exited", code -> exited(c, code))
                && filters.any("health", AskedHealth.word(c.health())::equals)
                && (!filters.has("is-task") || !filters.flag("is-task"))
                && filters.any("volume", volume -> hasVolume(c, volume));
    }

    private boolean isConnected(Engine engine, Container c) {
        boolean hasPorts = filters.has("publish") || filters.has("expose");
        if (!hasPorts && !filters.has("network")) return true;
        var connections = engine.networks().of(c);
        return filters.any("network", network -> isOn(connections, network))
                && (!hasPorts || hasPort(connections));
    }

    private static boolean isOn(Connections connections, String asked) {
        return connections.endpoints().stream()
                .map(Networks.Endpoint::network)
                .anyMatch(n -> n.name().equals(asked) || n.id().startsWith(asked));
    }

    /** As Docker: one that is either published or exposed. */
    private boolean hasPort(Connections connections) {
        boolean published =
                connections.ports().stream()
                        .anyMatch(open -> isAsked("publish", open.hostPort(), open.protocol()));
        return published
                || ConnectionsJson.exposed(connections).stream()
                        .anyMatch(port -> isAsked("expose", port.number(), port.protocol()));
    }

    private boolean isAsked(String filter, int port, Protocol protocol) {
        return filters.of(filter).stream()
                .anyMatch(value -> AskedPorts.isIn(filter, value, port, protocol));
    }

    /** By its name or by where it is. */
    private static boolean hasVolume(Container c, String volume) {
        return c.spec().volumes().stream()
                .anyMatch(m -> m.volume().equals(volume) || m.target().equals(volume));
    }

    private static boolean named(Container c, String pattern) {
        return Patterns.found(pattern, c.name()) || Patterns.found(pattern, "/" + c.name());
    }

    private static boolean exited(Container c, String code) {
        return c.state() instanceof ContainerState.Exited exited
                && exited.code() == Integer.parseInt(code);
    }

    private Container find(String name) {
        return containers.stream()
                .filter(c -> c.name().equals(name) || c.id().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new ApiException(404, "No such container: " + name));
    }

    /** Containers whose image has the asked one's layers below its own, or is it. */
    private Predicate<Container> ancestor(Engine engine, Caller caller) {
        if (!filters.has("ancestor")) {
            return _ -> true;
        }
        var images = engine.images(caller);
        var asked =
                images.stream()
                        .filter(i -> filters.any("ancestor", name -> ImageJson.isNamed(i, name)))
                        .toList();
        var descendants =
                images.stream()
                        .filter(i -> asked.stream().anyMatch(a -> isBuiltOn(i, a)))
                        .map(Image::id)
                        .toList();
        return c -> descendants.contains(c.imageId());
    }

    private static boolean isBuiltOn(Image image, Image base) {
        var layers = image.layers().stream().map(Image.Layer::diffId).toList();
        var below = base.layers().stream().map(Image.Layer::diffId).toList();
        return layers.size() >= below.size()
                && layers.subList(0, below.size()).equals(below)
                && (layers.size() > below.size() || image.id().equals(base.id()));
    }
}
