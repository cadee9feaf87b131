package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Events;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code events}: what happens, a line each, until the client goes or its time has come. */
final class EventsEndpoint {
    private final Engine engine;

    EventsEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/events", this::events);
    }

    private void events(Call call) throws Exception {
        var since = time(call, "since");
        var until = time(call, "until");
        if (since != null && until != null && since.isAfter(until)) {
            throw new ApiException(
                    400,
                    "`since` time ("
                            + call.query().text("since")
                            + ") cannot be after `until` time ("
                            + call.query().text("until")
                            + ")");
        }
        var filter =
                new EventFilter(Filters.parse(call.query().text("filters"), EventFilter.KNOWN));
        try (var events = engine.events().subscribe(call.caller(), since, until, filter::matches)) {
            call.exchange().onGone(events::close);
            try (var out = call.stream()) {
                copy(events, out);
            }
        }
    }

    private static void copy(Events.Subscription events, OutputStream out)
            throws IOException, InterruptedException {
        for (var next = events.next(); next.isPresent(); next = events.next()) {
            out.write(Call.line(EventJson.of(next.get())));
            out.flush();
        }
    }

    /** Here 0 is the beginning of 1970, not "not given" as for logs. */
    private static @Nullable Instant time(Call call, String name) {
        var text = call.query().text(name);
        return text.equals("0") ? Instant.EPOCH : Timestamps.parse(name, text);
    }
}
