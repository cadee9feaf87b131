package dev.rootbound.docker;

import dev.rootbound.image.Image;
import dev.rootbound.oci.ImageConfig;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** How an image came about, as Docker shows it: the last step first. */
final class HistoryJson {
    private static final String MISSING = "<missing>";

    private HistoryJson() {}

    static ArrayNode of(Image image) {
        var history = JsonNodeFactory.instance.arrayNode();
        // an image that says nothing of its lowest layers may have one on top that says something
        int layer = Math.max(0, image.layers().size() - steps(image));
        for (var step : image.config().history()) {
            boolean own = !step.emptyLayer() && layer < image.layers().size();
            long size = own ? image.layers().get(layer++).size() : 0;
            var json = history.insertObject(0).put("Id", MISSING);
            json.put("Created", created(step)).put("CreatedBy", step.createdBy());
            json.putNull("Tags");
            json.put("Size", size).put("Comment", step.comment());
        }
        if (!history.isEmpty()) {
            var top = history.get(0).asObject().put("Id", image.id().toString());
            top.set("Tags", image.names().isEmpty() ? null : Json.array(image.names()));
        }
        return history;
    }

    /** Those that made a layer. */
    private static int steps(Image image) {
        return (int) image.config().history().stream().filter(step -> !step.emptyLayer()).count();
    }

    /** Zero if the step does not say. */
    private static long created(ImageConfig.History step) {
        try {
            return OffsetDateTime.parse(step.created()).toEpochSecond();
        } catch (DateTimeException _) {
            return 0;
        }
    }
}
