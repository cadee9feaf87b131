package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Usage;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code stats}: one answer, or one a second for as long as the container is there. One that does
 * not run has used nothing, as in Docker: it may be started while a client watches.
 */
final class StatsEndpoint {
    private static final long SECOND = 1000;

    private final Engine engine;

    StatsEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{id*}/stats", this::stats);
    }

    private void stats(Call call) throws IOException, InterruptedException {
        var container = engine.inspect(call.caller(), call.parameter("id"));
        boolean stream = !call.query().has("stream") || call.query().flag("stream");
        boolean oneShot = call.query().flag("one-shot");
        if (stream && oneShot) {
            throw new ApiException(400, "cannot have stream=true and one-shot=true");
        }
        call.exchange().onGone(Thread.currentThread()::interrupt);
        if (stream) {
            follow(call, container);
            return;
        }
        var first = sample(call, container);
        if (first.isEmpty() || oneShot) {
            call.answer(200, answer(container, Optional.empty(), first));
            return;
        }
        Thread.sleep(SECOND); // a rate needs two: so does Docker
        var second = sample(call, container);
        call.answer(200, answer(container, first, second));
    }

    private void follow(Call call, Container container) throws IOException, InterruptedException {
        Optional<Usage.Sample> before = Optional.empty();
        try (var out = call.stream()) {
            while (true) {
                var now = sample(call, container);
                out.write(Call.line(answer(container, before, now)));
                out.flush();
                before = now;
                Thread.sleep(SECOND);
            }
        } catch (EngineException.NotFound _) {
            // deleted: that is the end of the stream
        }
    }

    private Optional<Usage.Sample> sample(Call call, Container container) {
        return engine.usage().sample(call.caller(), container.id());
    }

    private static ObjectNode answer(
            Container container, Optional<Usage.Sample> before, Optional<Usage.Sample> now) {
        return StatsJson.of(container, before.orElse(null), now.orElse(null));
    }
}
