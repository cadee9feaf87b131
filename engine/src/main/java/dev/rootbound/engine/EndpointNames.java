package dev.rootbound.engine;

import dev.rootbound.network.Names;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names that a container finds: of those on the networks it is on, the default one apart. */
final class EndpointNames implements Names {
    private final Stay own;
    private final Stays stays;
    private final Containers containers;

    EndpointNames(Stay own, Stays stays, Containers containers) {
        this.own = own;
        this.stays = stays;
        this.containers = containers;
    }

    /** By which others on a network find a container, its name first. */
    static List<String> of(Container container, NetworkSpec.Attachment asked) {
        var names = new LinkedHashSet<String>();
        names.add(container.name());
        names.addAll(asked.aliases());
        names.add(container.shortId());
        names.add(container.spec().hostname());
        names.remove("");
        return List.copyOf(names);
    }

    /** What a container asked of a network; it may have been taken off it meanwhile. */
    static NetworkSpec.Attachment asked(Container container, Network network) {
        return container
                .spec()
                .network()
                .attachment(network.id())
                .orElseGet(() -> NetworkSpec.Attachment.to(network.id()));
    }

    @Override
    public List<InetAddress> addresses(String name) {
        var found = new LinkedHashSet<InetAddress>();
        for (var plugged : named()) {
            var bare = without(name, "." + plugged.network().name().toLowerCase(Locale.ROOT));
            var linked = linked(plugged.network(), bare);
            for (var stay : stays.on(plugged.network())) {
                if (names(stay, plugged.network()).contains(linked))
                    addTo(found, stay, plugged.network());
            }
        }
        return new ArrayList<>(found);
    }

    private List<Stay.Plugged> named() {
        return own.plugs.stream().filter(each -> each.network().hasNames()).toList();
    }

    private static String without(String name, String end) {
        return name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
    }

    /** What the container calls another is its own matter: a link. */
    private String linked(Network network, String name) {
        return containers
                .byId(own.container)
                .map(entry -> asked(entry.container(), network).links())
                .orElseGet(java.util.Map::of)
                .entrySet()
                .stream()
                .filter(link -> link.getValue().equalsIgnoreCase(name))
                .map(link -> link.getKey().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse(name);
    }

    private Set<String> names(Stay stay, Network network) {
        var names = new LinkedHashSet<String>();
        containers
                .byId(stay.container)
                .ifPresent(entry ->
                        of(entry.container(), asked(entry.container(), network)).stream()
                                .map(name -> name.toLowerCase(Locale.ROOT))
                                .forEach(names::add));
        return names;
    }

    private static void addTo(Set<InetAddress> found, Stay stay, Network network) {
        var plug = stay.on(network).map(Stay.Plugged::plug);
        if (plug.isEmpty()) return;
        Stream.of(Optional.ofNullable(plug.get().ip4()), Optional.ofNullable(plug.get().ip6()))
                .flatMap(Optional::stream)
                .forEach(found::add);
    }

    @Override
    public Optional<String> name(InetAddress address) {
        for (var plugged : named()) {
            for (var stay : stays.on(plugged.network())) {
                var plug = stay.on(plugged.network()).map(Stay.Plugged::plug);
                boolean its =
                        plug.isPresent()
                                && (address.equals(plug.get().ip4())
                                        || address.equals(plug.get().ip6()));
                if (!its) continue;
                return containers
                        .byId(stay.container)
                        .map(entry -> entry.container().name() + "." + plugged.network().name());
            }
        }
        return Optional.empty();
    }
}
