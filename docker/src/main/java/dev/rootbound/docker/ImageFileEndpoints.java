package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code commit}, {@code save}, {@code history}, and what Docker has no word for: verify. */
final class ImageFileEndpoints {
    private final Engine engine;

    ImageFileEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/commit", this::commit);
        routes.add(
                "GET", "/images/{name+}/get", call -> save(call, List.of(call.parameter("name"))));
        routes.add("GET", "/images/get", call -> save(call, call.query().all("names")));
        routes.add("GET", "/images/{name+}/history", this::history);
        routes.add("GET", "/rootbound/images/{name+}/verify", this::verify);
    }

    private void commit(Call call) throws IOException {
        var container = engine.inspect(call.caller(), call.query().text("container"));
        var origin = engine.origin(call.caller(), container.id());
        var asked = AskedCommit.of(call.query(), call.jsonOrNull(), origin);
        var image = engine.imageFiles().commit(call.caller(), container.id(), asked);
        call.answer(201, Json.object().put("Id", image.id().toString()));
    }

    private void save(Call call, List<String> names) throws IOException {
        call.query().all("platform").forEach(Platform::checkObject);
        call.archive(to -> engine.imageFiles().save(call.caller(), names, to));
    }

    private void history(Call call) throws IOException {
        Platform.checkObject(call.query().text("platform"));
        var image = engine.inspectImage(call.caller(), call.parameter("name"));
        call.answer(200, HistoryJson.of(image));
    }

    private void verify(Call call) throws IOException {
        var image = engine.inspectImage(call.caller(), call.parameter("name"));
        var problems = engine.imageFiles().verify(call.caller(), image.id().toString());
        call.answer(200, verified(image.id(), problems));
    }

    private static ObjectNode verified(Digest id, List<String> problems) {
        var json = Json.object().put("Id", id.toString()).put("Ok", problems.isEmpty());
        json.set("Problems", Json.array(problems));
        return json;
    }
}
