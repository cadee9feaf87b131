package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Network;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code docker network}. */
final class NetworkEndpoints {
    private static final Set<String> LIST =
            Set.of("dangling", "driver", "id", "label", "name", "scope", "type");

    private static final String LOCAL = "local";

    private final Engine engine;

    NetworkEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/networks", this::list);
        routes.add("POST", "/networks/create", this::create);
        routes.add("POST", "/networks/prune", this::prune);
        routes.add("GET", "/networks/{id}", this::inspect);
        routes.add("DELETE", "/networks/{id}", this::remove);
        routes.add("POST", "/networks/{id}/connect", this::connect);
        routes.add("POST", "/networks/{id}/disconnect", this::disconnect);
    }

    /** Without the containers, as Docker: inspect shows them. */
    private void list(Call call) throws IOException {
        var filters = Filters.parse(call.query().text("filters"), LIST);
        for (var type : filters.of("type")) {
            if (!Set.of("custom", "builtin").contains(type)) {
                throw new ApiException(400, "invalid filter 'type=" + type + "'");
            }
        }
        boolean dangling = filters.has("dangling") && filters.flag("dangling");
        var array = JsonNodeFactory.instance.arrayNode();
        for (var network : engine.networks().list(call.caller())) {
            boolean shown =
                    isAsked(filters, network)
                            && (!filters.has("dangling") || isDangling(call, network) == dangling);
            if (shown) array.add(NetworkJson.of(network, List.of()));
        }
        call.answer(200, array);
    }

    private static boolean isAsked(Filters filters, Network network) {
        var type = network.isPredefined() ? "builtin" : "custom";
        return filters.any("driver", NetworkJson.driver(network)::equals)
                && filters.any("id", id -> Patterns.found(id, network.id()))
                && filters.any("name", name -> Patterns.found(name, network.name()))
                && filters.any("scope", LOCAL::equals)
                && filters.any("type", type::equals)
                && filters.labels(network.labels());
    }

    private boolean isDangling(Call call, Network network) {
        return !network.isPredefined()
                && engine.networks().members(call.caller(), network).isEmpty();
    }

    private void create(Call call) throws IOException {
        var network = engine.networks().create(call.caller(), AskedMaking.of(call.json()));
        call.answer(201, Json.object().put("Id", network.id()).put("Warning", ""));
    }

    private void inspect(Call call) throws IOException {
        var name = call.parameter("id");
        var scope = call.query().text("scope");
        if (!scope.isEmpty() && !scope.equals(LOCAL)) {
            throw new ApiException(404, "network " + name + " not found in scope " + scope);
        }
        var network = engine.networks().find(call.caller(), name);
        call.answer(
                200, NetworkJson.of(network, engine.networks().members(call.caller(), network)));
    }

    private void remove(Call call) throws IOException {
        engine.networks().remove(call.caller(), call.parameter("id"));
        call.answer(204);
    }

    private void connect(Call call) throws IOException {
        var request = call.json();
        var attachment = AskedEndpoint.of(call.parameter("id"), request.object("EndpointConfig"));
        engine.networks().connect(call.caller(), container(request), attachment);
        call.answer(200);
    }

    private void disconnect(Call call) throws IOException {
        var request = call.json();
        engine.networks()
                .disconnect(
                        call.caller(),
                        container(request),
                        call.parameter("id"),
                        request.flag("Force"));
        call.answer(200);
    }

    private static String container(Fields request) {
        var container = request.text("Container");
        if (container.isEmpty()) {
            throw new ApiException(400, "Container: the name of a container is missing");
        }
        return container;
    }

    private void prune(Call call) throws IOException {
        var filter = PruneFilter.networks(call.query().text("filters"));
        var names = engine.networks().prune(call.caller(), filter::matches);
        var json = Json.object();
        json.set("NetworksDeleted", names.isEmpty() ? null : Json.array(names));
        call.answer(200, json);
    }
}
