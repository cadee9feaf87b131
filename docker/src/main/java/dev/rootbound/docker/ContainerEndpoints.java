package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Engine.WaitFor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The life of a container: create, look at, start, wait, stop, delete. */
final class ContainerEndpoints {
    private final Engine engine;

    ContainerEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/json", this::list);
        routes.add("POST", "/containers/create", this::create);
        routes.add("GET", "/containers/{id*}/json", this::inspect);
        routes.add("POST", "/containers/{id*}/start", this::start);
        routes.add("POST", "/containers/{id*}/wait", this::await);
        routes.add("POST", "/containers/{id*}/resize", this::resize);
        routes.add("POST", "/containers/{id*}/stop", this::stop);
        routes.add("POST", "/containers/{id*}/restart", this::restart);
        routes.add("POST", "/containers/{id*}/rename", this::rename);
        routes.add("POST", "/containers/{id*}/kill", this::kill);
        routes.add("DELETE", "/containers/{id*}", this::delete);
    }

    private void list(Call call) throws IOException {
        var query = call.query();
        var filters = Filters.parse(query.text("filters"), ContainerFilter.KNOWN);
        int limit = query.number("limit", 0);
        var filter = new ContainerFilter(filters, engine.list(call.caller(), filters.of("tenant")));
        var matching = filter.matching(query.flag("all") || limit > 0, engine, call.caller());
        var array = JsonNodeFactory.instance.arrayNode();
        matching.stream()
                .limit(limit > 0 ? limit : Long.MAX_VALUE)
                .forEach(container -> {
                    var json = summary(call, container);
                    if (filters.has("tenant")) {
                        json.put("Tenant", engine.tenantName(container));
                    }
                    array.add(json);
                });
        call.answer(200, array);
    }

    private ObjectNode summary(Call call, Container container) {
        var json = ContainerSummary.of(container, engine.networks().of(container));
        return call.query().flag("size") ? addSize(call, json, container) : json;
    }

    /** Sizes walk the container's files: only for who asks. */
    private ObjectNode addSize(Call call, ObjectNode json, Container container) {
        var size = engine.housekeeping().size(call.caller(), container.id());
        return HousekeepingEndpoints.put(json, size);
    }

    private void create(Call call) throws IOException {
        var text = call.text();
        if (text.isBlank()) {
            throw new ApiException(400, "Config cannot be empty in order to create a container");
        }
        var request = CreateContainer.parse(text, call.query().text("platform"));
        var runtime = request.runtime();
        if (!runtime.isEmpty() && !runtime.equals(engine.info(call.caller()).runtime())) {
            throw new ApiException(
                    400, "HostConfig.Runtime: unknown or invalid runtime name: " + runtime);
        }
        var name = call.query().text("name");
        var bare = name.startsWith("/") ? name.substring(1) : name;
        var made = engine.create(call.caller(), bare.isEmpty() ? null : bare, request.toSpec());
        var answer = Json.object().put("Id", made.id());
        answer.set("Warnings", Json.array(made.warnings()));
        call.answer(201, answer);
    }

    private void inspect(Call call) throws IOException {
        var container = engine.inspect(call.caller(), call.parameter("id"));
        var origin = engine.origin(call.caller(), container.id());
        var json = ContainerJson.of(container, engine.networks().of(container), origin);
        var files = engine.networks().files(container);
        json.put("ResolvConfPath", files.resolver().toString());
        json.put("HostnamePath", files.hostname().toString());
        json.put("HostsPath", files.hosts().toString());
        call.answer(200, call.query().flag("size") ? addSize(call, json, container) : json);
    }

    private void start(Call call) throws IOException {
        if (call.query().has("checkpoint")) {
            throw new ApiException(501, "start from a checkpoint is not built yet");
        }
        DetachKeys.parse(call.query().text("detachKeys"));
        refuseHostConfig(call);
        engine.start(call.caller(), call.parameter("id"));
        call.answer(204);
    }

    /** API 1.22 took the start's own HostConfig; none that asks for anything is passed over. */
    private static void refuseHostConfig(Call call) throws IOException {
        var body = call.jsonOrNull();
        for (var name : body.names()) {
            if (body.isSet(name)) {
                throw new ApiException(
                        400,
                        name
                                + ": starting container with non-empty request body was deprecated"
                                + " since API v1.22 and removed in v1.24");
            }
        }
    }

    /** The answer's head goes out once the wait is registered: only then does a client start. */
    private void await(Call call) throws IOException, InterruptedException {
        var what = waitFor(call.query().text("condition"));
        try (var waiting = engine.waitFor(call.caller(), call.parameter("id"), what)) {
            call.exchange().onGone(Thread.currentThread()::interrupt);
            try (var out = call.stream()) {
                var ended = waiting.await();
                var answer = Json.object().put("StatusCode", ended.code());
                if (ended.error() != null) {
                    answer.putObject("Error").put("Message", ended.error());
                }
                out.write(Call.line(answer));
            }
        }
    }

    private static WaitFor waitFor(String condition) {
        return switch (condition) {
            case "", "not-running" -> WaitFor.NOT_RUNNING;
            case "next-exit" -> WaitFor.NEXT_EXIT;
            case "removed" -> WaitFor.REMOVED;
            default -> throw new ApiException(400, "invalid condition: \"" + condition + "\"");
        };
    }

    private void resize(Call call) throws IOException {
        var size = Resize.of(call.query());
        engine.resize(call.caller(), call.parameter("id"), size.rows(), size.columns());
        call.answer(200);
    }

    private void stop(Call call) throws IOException {
        engine.stop(call.caller(), call.parameter("id"), signal(call), seconds(call));
        call.answer(204);
    }

    private void restart(Call call) throws IOException {
        engine.restart(call.caller(), call.parameter("id"), signal(call), seconds(call));
        call.answer(204);
    }

    private static @Nullable String signal(Call call) {
        return call.query().has("signal") ? call.query().text("signal") : null;
    }

    private static @Nullable Integer seconds(Call call) {
        return call.query().has("t") ? Integer.valueOf(call.query().number("t", 0)) : null;
    }

    private void rename(Call call) throws IOException {
        var name = call.query().text("name");
        engine.rename(call.caller(), call.parameter("id"), name);
        call.answer(204);
    }

    private void kill(Call call) throws IOException {
        engine.kill(call.caller(), call.parameter("id"), call.query().text("signal"));
        call.answer(204);
    }

    private void delete(Call call) throws IOException {
        if (call.query().flag("link")) {
            throw new ApiException(501, "links between containers are not supported");
        }
        boolean volumes = call.query().flag("v");
        if (call.query().flag("force")) {
            engine.killAndDelete(call.caller(), call.parameter("id"), volumes);
        } else {
            engine.delete(call.caller(), call.parameter("id"), volumes);
        }
        call.answer(204);
    }
}
