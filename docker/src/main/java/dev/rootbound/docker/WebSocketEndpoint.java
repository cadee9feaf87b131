package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.IOException;

/** {@code attach/ws}: a WebSocket on the streams of a container's first process. */
final class WebSocketEndpoint {
    private final Engine engine;

    WebSocketEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{id}/attach/ws", this::attach);
    }

    private void attach(Call call) throws Exception {
        var container = engine.inspect(call.caller(), call.parameter("id"));
        var keys = DetachKeys.parse(call.query().text("detachKeys"));
        boolean stdin = call.query().flag("stdin") && container.spec().stdin();
        boolean terminal = container.spec().terminal();
        var output = Frames.webSocket();
        call.exchange().onGone(output::giveUp);
        try (var attachment =
                engine.attach(
                        call.caller(),
                        container.id(),
                        AttachEndpoint.streams(call),
                        stdin,
                        output)) {
            var client = WebSocket.accept(call);
            AttachEndpoint.replayLog(engine, call, container, output, client);
            output.open(client.out());
            boolean endsInput = stdin && container.spec().stdinOnce() && !terminal;
            new Session(attachment, endsInput, terminal ? keys : null)
                    .run(call.exchange(), new Hijacked(new WebSocketInput(client), client.out()));
            close(client);
        } finally {
            output.giveUp();
        }
    }

    private static void close(Hijacked client) {
        try {
            WebSocket.sendClose(client.out());
        } catch (IOException _) {
            // it has gone first
        }
    }
}
