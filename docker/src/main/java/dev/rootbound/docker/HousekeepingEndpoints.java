package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Housekeeping;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code prune} of containers and images, and {@code system df}. */
final class HousekeepingEndpoints {
    private static final List<String> TYPES =
            List.of("container", "image", "volume", "build-cache");

    private final Engine engine;

    HousekeepingEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/prune", this::pruneContainers);
        routes.add("POST", "/images/prune", this::pruneImages);
        routes.add("GET", "/system/df", this::usage);
    }

    private void pruneContainers(Call call) throws IOException {
        var filter = PruneFilter.containers(call.query().text("filters"));
        var pruned = engine.housekeeping().pruneContainers(call.caller(), filter::matches);
        var json = Json.object();
        json.set("ContainersDeleted", pruned.ids().isEmpty() ? null : Json.array(pruned.ids()));
        call.answer(200, json.put("SpaceReclaimed", pruned.reclaimed()));
    }

    private void pruneImages(Call call) throws IOException {
        var filter = PruneFilter.images(call.query().text("filters"));
        var pruned = engine.housekeeping().pruneImages(call.caller(), filter::matches);
        var json = Json.object();
        var removals = ImageEndpoints.removals(pruned.removals());
        json.set("ImagesDeleted", pruned.removals().isEmpty() ? null : removals);
        call.answer(200, json.put("SpaceReclaimed", pruned.reclaimed()));
    }

    private void usage(Call call) throws IOException {
        var types = call.query().all("type");
        for (var type : types) {
            if (!TYPES.contains(type)) {
                throw new ApiException(400, "unknown object type: " + type);
            }
        }
        var usage = engine.housekeeping();
        var json = Json.object();
        boolean images = isAsked(types, "image");
        json.put("LayersSize", images ? usage.layers(call.caller()) : 0);
        json.set("Images", images ? images(call) : null);
        json.set("Containers", isAsked(types, "container") ? containers(call) : null);
        json.set("Volumes", isAsked(types, "volume") ? VolumeEndpoints.usage(engine, call) : null);
        json.set(
                "BuildCache",
                isAsked(types, "build-cache") ? BuildEndpoints.usage(engine, call) : null);
        call.answer(200, json);
    }

    private static boolean isAsked(List<String> types, String type) {
        return types.isEmpty() || types.contains(type);
    }

    private ArrayNode images(Call call) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var use : engine.housekeeping().images(call.caller())) {
            array.add(
                    ImageJson.summary(use.image())
                            .put("SharedSize", use.shared())
                            .put("Containers", use.containers()));
        }
        return array;
    }

    private ArrayNode containers(Call call) {
        var array = JsonNodeFactory.instance.arrayNode();
        engine.housekeeping().containers(call.caller()).forEach(size -> array.add(container(size)));
        return array;
    }

    private ObjectNode container(Housekeeping.ContainerSize size) {
        var connections = engine.networks().of(size.container());
        return put(ContainerSummary.of(size.container(), connections), size);
    }

    static ObjectNode put(ObjectNode container, Housekeeping.ContainerSize size) {
        return container.put("SizeRw", size.written()).put("SizeRootFs", size.root());
    }
}
