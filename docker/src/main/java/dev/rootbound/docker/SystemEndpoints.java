package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@code _ping}, {@code version} and {@code info}. */
final class SystemEndpoints {
    private final Engine engine;

    SystemEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/_ping", SystemEndpoints::ping);
        routes.add("HEAD", "/_ping", SystemEndpoints::ping);
        routes.add(
                "GET",
                "/version",
                call -> call.answer(200, InfoJson.version(engine.info(call.caller()))));
        routes.add(
                "GET",
                "/info",
                call -> call.answer(200, InfoJson.info(engine.info(call.caller()))));
    }

    private static void ping(Call call) throws IOException {
        var headers = Headers.common();
        headers.put("Builder-Version", "1"); // 2 would promise BuildKit
        headers.put("Swarm", "inactive");
        headers.put("Cache-Control", "no-cache, no-store, must-revalidate");
        headers.put("Pragma", "no-cache");
        headers.put("Content-Type", "text/plain; charset=utf-8");
        call.exchange().respond(200, headers, "OK".getBytes(StandardCharsets.US_ASCII));
    }
}
