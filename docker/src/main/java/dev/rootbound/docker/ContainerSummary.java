package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Networks.Connections;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A container as Docker's list shows it. */
final class ContainerSummary {
    private ContainerSummary() {}

    static ObjectNode of(Container container, Connections connections) {
        var json = Json.object().put("Id", container.id());
        json.set("Names", Json.array(List.of("/" + container.name())));
        json.put("Image", container.spec().image());
        json.put("ImageID", container.imageId().toString());
        json.put("Command", command(container));
        json.put("Created", container.created().getEpochSecond());
        json.set("Ports", ConnectionsJson.summary(connections));
        json.set("Labels", Json.object(container.spec().labels()));
        json.put("State", StateText.status(container.state()));
        json.put("Status", StateText.phrase(container, Instant.now()));
        var mode = container.spec().isolation().networkMode();
        json.putObject("HostConfig").put("NetworkMode", mode.isEmpty() ? "default" : mode);
        json.putObject("NetworkSettings").set("Networks", ConnectionsJson.networks(connections));
        json.set("Mounts", MountJson.of(container));
        return json;
    }

    /** Arguments with spaces are quoted, as in Docker. */
    private static String command(Container container) {
        var text = new StringBuilder(container.path());
        for (var argument : container.args()) {
            text.append(' ').append(argument.contains(" ") ? "'" + argument + "'" : argument);
        }
        return text.toString();
    }
}
