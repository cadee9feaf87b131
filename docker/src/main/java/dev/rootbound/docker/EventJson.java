package dev.rootbound.docker;

import dev.rootbound.engine.Events;
import dev.rootbound.engine.Events.Event;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** An event as Docker's API shows it, with the fields of before API 1.22 in front. */
final class EventJson {
    private EventJson() {}

    static ObjectNode of(Event event) {
        var json = Json.object();
        if (event.type() == Events.Type.CONTAINER || event.type() == Events.Type.IMAGE) {
            json.put("status", event.action());
            if (!event.id().isEmpty()) { // a prune is of no object
                json.put("id", event.id());
            }
        }
        var image = event.attributes().get("image");
        if (event.type() == Events.Type.CONTAINER && image != null) {
            json.put("from", image);
        }
        json.put("Type", type(event)).put("Action", event.action());
        var actor = json.putObject("Actor").put("ID", event.id());
        actor.set("Attributes", Json.object(event.attributes()));
        var time = event.time();
        json.put("scope", "local").put("time", time.getEpochSecond());
        return json.put("timeNano", time.getEpochSecond() * 1_000_000_000L + time.getNano());
    }

    static String type(Event event) {
        return event.type().name().toLowerCase(Locale.ROOT);
    }
}
