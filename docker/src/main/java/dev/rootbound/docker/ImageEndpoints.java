package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Images: list, inspect, load, import, tag, delete. */
final class ImageEndpoints {
    /** The first version whose images have no ContainerConfig. */
    private static final int NO_CONTAINER = 45;

    private final Engine engine;
    private final TransferEndpoints transfers;

    ImageEndpoints(Engine engine, TransferEndpoints transfers) {
        this.engine = engine;
        this.transfers = transfers;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/images/json", this::list);
        routes.add("GET", "/images/{name+}/json", this::inspect);
        routes.add("POST", "/images/load", this::load);
        routes.add("POST", "/images/create", this::create);
        routes.add("POST", "/images/{name+}/tag", this::tag);
        routes.add("DELETE", "/images/{name+}", this::delete);
    }

    private void list(Call call) throws IOException {
        var filters = Filters.parse(call.query().text("filters"), ImageFilter.KNOWN);
        var images = engine.images(call.caller());
        var array = JsonNodeFactory.instance.arrayNode();
        var filter = new ImageFilter(filters, images);
        for (var image : filter.matching()) {
            var names = filter.referred(image.names());
            array.add(ImageJson.summary(image, names, filter.referred(image.digests())));
        }
        call.answer(200, array);
    }

    private void inspect(Call call) throws IOException {
        var image = engine.inspectImage(call.caller(), call.parameter("name"));
        var json = ImageJson.full(image);
        if (wantsContainer(call)) json.set("ContainerConfig", json.get("Config"));
        call.answer(200, json);
    }

    /**
     * Whether to show the configuration of the container that an image was made of; images do not
     * say, it is their own. Compose 1 speaks the newest version there is, and recreates no
     * container without.
     */
    private static boolean wantsContainer(Call call) {
        return call.version() < NO_CONTAINER
                || call.exchange().header("User-Agent").startsWith("docker-compose/1.");
    }

    private void tag(Call call) throws IOException {
        var repository = call.query().text("repo");
        if (repository.isEmpty()) {
            throw new ApiException(400, "repo: the new name is missing");
        }
        engine.tag(call.caller(), call.parameter("name"), name(call.query()));
        call.answer(201);
    }

    private static String name(Query query) {
        var tag = query.text("tag");
        return tag.isEmpty() ? query.text("repo") : query.text("repo") + ":" + tag;
    }

    private void delete(Call call) throws IOException {
        var removals =
                engine.removeImage(
                        call.caller(), call.parameter("name"), call.query().flag("force"));
        call.answer(200, removals(removals));
    }

    static ArrayNode removals(List<Engine.Removal> removals) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var removal : removals) {
            switch (removal) {
                case Engine.Removal.Untagged untagged ->
                        array.addObject().put("Untagged", untagged.name());
                case Engine.Removal.Deleted deleted ->
                        array.addObject().put("Deleted", deleted.id());
            }
        }
        return array;
    }

    private void load(Call call) throws IOException {
        call.query().all("platform").forEach(Platform::checkObject);
        boolean quiet = call.query().flag("quiet");
        var messages = new Messages(call);
        try {
            engine.load(
                    call.caller(),
                    call.exchange().body(),
                    line -> {
                        if (!quiet || line.startsWith("Loaded image")) {
                            messages.say("stream", line + "\n");
                        }
                    });
            messages.end();
        } catch (EngineException e) {
            messages.fail(e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void create(Call call) throws IOException {
        var query = call.query();
        if (query.has("fromImage")) {
            transfers.pull(call);
            return;
        }
        if (!query.text("fromSrc").equals("-")) {
            throw new ApiException(
                    501, "import from a URL is not built yet: docker import reads a file or -");
        }
        var image =
                engine.importImage(
                        call.caller(),
                        call.exchange().body(),
                        name(query),
                        query.text("message"),
                        query.all("changes"));
        var messages = new Messages(call);
        messages.say("status", image.id().toString());
        messages.end();
    }
}
