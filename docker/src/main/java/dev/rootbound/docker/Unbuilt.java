package dev.rootbound.docker;

import java.util.List;

/**
 * Docker's endpoints that are not here yet: each says so, so that no client takes it for absent.
 */
final class Unbuilt {
    private static final List<String> NOT_YET =
            List.of(
                    "GET /containers/{id}/checkpoints",
                    "POST /containers/{id}/checkpoints",
                    "DELETE /containers/{id}/checkpoints/{checkpoint}",
                    "POST /build/cancel",
                    "GET /images/search",
                    "GET /images/{name+}/attestations",
                    "PUT /volumes/{name}",
                    "GET /plugins",
                    "GET /plugins/privileges",
                    "POST /plugins/pull",
                    "POST /plugins/create",
                    "DELETE /plugins/{name+}",
                    "POST /plugins/{name+}/enable",
                    "POST /plugins/{name+}/disable",
                    "POST /plugins/{name+}/upgrade",
                    "POST /plugins/{name+}/push",
                    "POST /plugins/{name+}/set",
                    "POST /session",
                    "POST /grpc");

    private static final List<String> SWARM =
            List.of("swarm", "nodes", "services", "tasks", "secrets", "configs");

    private Unbuilt() {}

    static void addTo(Routes routes) {
        for (var route : NOT_YET) {
            int space = route.indexOf(' ');
            routes.add(route.substring(0, space), route.substring(space + 1), _ -> refuse(route));
        }
        routes.add("GET", "/plugins/{name+}/json", call -> none("plugin \"%s\" not found", call));
        for (var family : SWARM) {
            for (var method : List.of("GET", "POST", "DELETE")) {
                routes.add(method, "/" + family, _ -> noSwarm());
                routes.add(method, "/" + family + "/{rest+}", _ -> noSwarm());
            }
        }
    }

    private static void refuse(String route) {
        throw new ApiException(501, route + " is not built yet in Rootbound " + Headers.VERSION);
    }

    /** Of these there is none, which is a fact: {@code docker inspect} asks for them in turn. */
    private static void none(String message, Call call) {
        var name = call.parameters().values().iterator().next();
        throw new ApiException(404, message.formatted(name));
    }

    private static void noSwarm() {
        throw new ApiException(
                503,
                "This node is not a swarm manager. Rootbound has no swarm: one machine is one"
                        + " engine.");
    }
}
