package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** {@code attach}: a hijacked connection to the streams of a container's first process. */
final class AttachEndpoint {
    private final Engine engine;

    AttachEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/{id*}/attach", this::attach);
    }

    private void attach(Call call) throws Exception {
        var container = engine.inspect(call.caller(), call.parameter("id"));
        var keys = DetachKeys.parse(call.query().text("detachKeys"));
        var exchange = call.exchange();
        exchange.body().skip(Long.MAX_VALUE); // there is none, but its end must have been seen
        var output = new Frames(container.spec().terminal());
        exchange.onGone(output::giveUp);
        if (!call.query().flag("stream")) {
            replay(call, container, output);
            return;
        }
        boolean stdin = call.query().flag("stdin") && container.spec().stdin();
        try (var attachment =
                engine.attach(call.caller(), container.id(), streams(call), stdin, output)) {
            var client = Handshake.accept(call, container.spec().terminal());
            replayLog(engine, call, container, output, client);
            output.open(client.out());
            boolean terminal = container.spec().terminal();
            boolean endsInput = container.spec().stdinOnce() && !terminal;
            new Session(attachment, endsInput, terminal ? keys : null)
                    .run(exchange, stdin ? client : null);
        } finally {
            output.giveUp();
        }
    }

    private void replay(Call call, Container container, Frames output) throws Exception {
        var client = Handshake.accept(call, container.spec().terminal());
        replayLog(engine, call, container, output, client);
    }

    static void replayLog(
            Engine engine, Call call, Container container, Frames output, Hijacked client)
            throws IOException, InterruptedException {
        if (!call.query().flag("logs")) {
            return;
        }
        var query = new Engine.LogQuery(streams(call), false, null, null, -1);
        try (var log = engine.logs(call.caller(), container.id(), query)) {
            for (var entry = log.next(); entry.isPresent(); entry = log.next()) {
                output.send(client.out(), entry.get().stream(), entry.get().bytes());
            }
        }
    }

    static Set<Engine.Stream> streams(Call call) {
        var streams = EnumSet.noneOf(Engine.Stream.class);
        if (call.query().flag("stdout")) {
            streams.add(Engine.Stream.STDOUT);
        }
        if (call.query().flag("stderr")) {
            streams.add(Engine.Stream.STDERR);
        }
        return streams;
    }
}
