package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code attach/ws}: a WebSocket on the streams of a container's first process. */
final class WebSocketEndpoint {
    private final Engine engine;

    WebSocketEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{id*}/attach/ws", this::attach);
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
            var broken = new AtomicBoolean();
            try (var input = new WebSocketInput(client, () -> leave(attachment, broken))) {
                new Session(attachment, endsInput, terminal ? keys : null)
                        .run(call.exchange(), new Hijacked(input, client.out()));
            }
            if (!broken.get()) {
                close(client);
            }
        } finally {
            output.giveUp();
        }
    }

    /** A client that has broken the protocol has been told, and gets no more. */
    private static void leave(Engine.Attachment attachment, AtomicBoolean broken) {
        broken.set(true);
        attachment.close();
    }

    private static void close(Hijacked client) {
        try {
            WebSocket.sendClose(client.out(), WebSocket.NORMAL);
        } catch (IOException _) {
            // it has gone first
        }
    }
}
