package dev.rootbound.docker;

import dev.rootbound.engine.Events;
import dev.rootbound.engine.Events.Event;
import java.util.Set;

/** Which events a client sees; the rules are those of Docker's daemon/events/filter.go. */
record EventFilter(Filters filters) {
    static final Set<String> KNOWN =
            Set.of(
                    "config",
                    "container",
                    "daemon",
                    "event",
                    "image",
                    "label",
                    "network",
                    "node",
                    "plugin",
                    "scope",
                    "secret",
                    "service",
                    "type",
                    "volume");

    /** Filters that name objects of one type, by id or name or the beginning of either. */
    private static final Set<String> OBJECTS =
            Set.of(
                    "config",
                    "container",
                    "daemon",
                    "network",
                    "node",
                    "plugin",
                    "secret",
                    "service",
                    "volume");

    boolean matches(Event event) {
        return filters.any("event", asked -> isAction(event, asked))
                && filters.any("type", EventJson.type(event)::equals)
                && filters.any("scope", "local"::equals)
                && OBJECTS.stream().allMatch(type -> filters.any(type, n -> isOf(event, type, n)))
                && filters.any("image", name -> isImage(event, name))
                && filters.labels(event.attributes());
    }

    /** {@code exec_start} is also {@code exec_start: sh -c true}. */
    private static boolean isAction(Event event, String asked) {
        return event.action().equals(asked) || event.action().startsWith(asked + ":");
    }

    private static boolean isOf(Event event, String type, String name) {
        return EventJson.type(event).equals(type)
                && !name.isEmpty()
                && (event.id().startsWith(name)
                        || event.attributes().getOrDefault("name", "").startsWith(name));
    }

    private static boolean isImage(Event event, String name) {
        var attribute = event.type() == Events.Type.IMAGE ? "name" : "image";
        var image = event.attributes().getOrDefault(attribute, "");
        return event.id().equals(name) || image.equals(name) || ImageJson.bare(image).equals(name);
    }
}
