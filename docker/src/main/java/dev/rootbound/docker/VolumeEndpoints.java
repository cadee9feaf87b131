package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Volume;
import dev.rootbound.engine.Volumes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code docker volume}. */
final class VolumeEndpoints {
    private static final Set<String> LIST = Set.of("dangling", "driver", "label", "name");

    private final Engine engine;

    VolumeEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/volumes", this::list);
        routes.add("POST", "/volumes/create", this::create);
        routes.add("POST", "/volumes/prune", this::prune);
        routes.add("GET", "/volumes/{name}", this::inspect);
        routes.add("DELETE", "/volumes/{name}", this::remove);
    }

    private void list(Call call) throws IOException {
        var filters = Filters.parse(call.query().text("filters"), LIST);
        var users = engine.volumes().users(call.caller());
        var json = Json.object();
        var volumes = json.putArray("Volumes");
        for (var volume : engine.volumes().list(call.caller())) {
            boolean dangling = users.getOrDefault(volume.name(), List.of()).isEmpty();
            boolean shown =
                    (!filters.has("dangling") || filters.flag("dangling") == dangling)
                            && filters.any("driver", "local"::equals)
                            && filters.any("name", volume.name()::contains)
                            && filters.labels(volume.labels());
            if (shown) volumes.add(of(volume));
        }
        json.putNull("Warnings");
        call.answer(200, json);
    }

    private void create(Call call) throws IOException {
        var request = call.json();
        AskedVolumes.driver("Driver", request.text("Driver"));
        if (request.isSet("ClusterVolumeSpec")) {
            throw new ApiException(501, "ClusterVolumeSpec: there is no cluster");
        }
        var making = new Volumes.Making(request.map("Labels"), request.map("DriverOpts"));
        var volume = engine.volumes().create(call.caller(), request.text("Name"), making);
        call.answer(201, of(volume));
    }

    private void inspect(Call call) throws IOException {
        call.answer(200, of(engine.volumes().find(call.caller(), call.parameter("name"))));
    }

    private void remove(Call call) throws IOException {
        engine.volumes().remove(call.caller(), call.parameter("name"), call.query().flag("force"));
        call.answer(204);
    }

    private void prune(Call call) throws IOException {
        var filter = PruneFilter.volumes(call.query().text("filters"));
        var pruned = engine.volumes().prune(call.caller(), filter::matches);
        var json = Json.object();
        json.set("VolumesDeleted", pruned.names().isEmpty() ? null : Json.array(pruned.names()));
        call.answer(200, json.put("SpaceReclaimed", pruned.reclaimed()));
    }

    static ObjectNode of(Volume volume) {
        var json = Json.object().put("CreatedAt", volume.created().toString());
        json.put("Driver", "local");
        json.set("Labels", volume.labels().isEmpty() ? null : Json.object(volume.labels()));
        json.put("Mountpoint", volume.path().toString()).put("Name", volume.name());
        json.set("Options", volume.options().isEmpty() ? null : Json.object(volume.options()));
        return json.put("Scope", "local");
    }

    /** For {@code system df}. */
    static ArrayNode usage(Engine engine, Call call) {
        var volumes = JsonNodeFactory.instance.arrayNode();
        Map<String, List<String>> users = engine.volumes().users(call.caller());
        for (var volume : engine.volumes().list(call.caller())) {
            if (!volume.options().isEmpty()) continue; // as Docker: it has none of the disk
            var json = of(volume);
            json.putObject("UsageData")
                    .put("Size", engine.volumes().size(volume))
                    .put("RefCount", users.getOrDefault(volume.name(), List.of()).size());
            volumes.add(json);
        }
        return volumes;
    }
}
