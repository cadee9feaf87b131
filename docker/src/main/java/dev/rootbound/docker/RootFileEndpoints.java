package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.BufferedOutputStream;
import java.io.IOException;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code changes} and {@code export}: a container's own files. */
final class RootFileEndpoints {
    private static final int PIECE = 64 << 10;

    private final Engine engine;

    RootFileEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{id*}/changes", this::changes);
        routes.add("GET", "/containers/{id*}/export", this::export);
    }

    private void changes(Call call) throws IOException {
        var changes = engine.files().changes(call.caller(), call.parameter("id"));
        var array = JsonNodeFactory.instance.arrayNode();
        for (var change : changes) {
            int kind =
                    switch (change.kind()) {
                        case MODIFIED -> 0;
                        case ADDED -> 1;
                        case DELETED -> 2;
                    };
            array.addObject().put("Path", change.path()).put("Kind", kind);
        }
        call.answer(200, changes.isEmpty() ? JsonNodeFactory.instance.nullNode() : array);
    }

    private void export(Call call) throws IOException {
        var container = engine.inspect(call.caller(), call.parameter("id"));
        // one that fails is not closed: without its end the client sees that it is cut short
        @SuppressWarnings("resource")
        var out = new BufferedOutputStream(call.stream("application/octet-stream"), PIECE);
        engine.files().export(call.caller(), container.id(), out);
        out.close();
    }
}
