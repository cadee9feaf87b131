package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/** What containers use and may use: pause, unpause, update and top. */
final class UsageEndpoints {
    /** What an update may change; everything else in its body must ask for nothing. */
    private static final Set<String> CHANGEABLE =
            Set.of(
                    "memory",
                    "memoryreservation",
                    "memoryswap",
                    "nanocpus",
                    "cpushares",
                    "cpuperiod",
                    "cpuquota",
                    "cpusetcpus",
                    "cpusetmems",
                    "pidslimit",
                    "blkioweight",
                    "restartpolicy");

    private final Engine engine;

    UsageEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/{id*}/pause", this::pause);
        routes.add("POST", "/containers/{id*}/unpause", this::unpause);
        routes.add("POST", "/containers/{id*}/update", this::update);
        routes.add("GET", "/containers/{id*}/top", this::top);
    }

    private void pause(Call call) throws IOException {
        engine.usage().pause(call.caller(), call.parameter("id"));
        call.answer(204);
    }

    private void unpause(Call call) throws IOException {
        engine.usage().unpause(call.caller(), call.parameter("id"));
        call.answer(204);
    }

    private void update(Call call) throws IOException {
        var fields = call.json();
        for (var name : fields.names()) {
            boolean known = CHANGEABLE.contains(name.toLowerCase(java.util.Locale.ROOT));
            if (!known && fields.isSet(name) && !isMinusOne(fields, name)) {
                throw new ApiException(501, name + ": an update of it is not built yet");
            }
        }
        var restart = AskedRestart.of(fields); // first: what is refused changes nothing
        var changes = AskedResources.of(fields);
        var warnings = engine.usage().update(call.caller(), call.parameter("id"), changes);
        if (!fields.object("RestartPolicy").text("Name").isEmpty()) {
            engine.setRestartPolicy(call.caller(), call.parameter("id"), restart);
        }
        var answer = Json.object();
        answer.set("Warnings", warnings.isEmpty() ? null : Json.array(warnings));
        call.answer(200, answer);
    }

    /** The docker CLI's "not given" in fields such as MemorySwappiness. */
    private static boolean isMinusOne(Fields fields, String name) {
        var node = fields.get(name);
        return node != null && node.isIntegralNumber() && node.longValue() == -1;
    }

    private void top(Call call) throws IOException {
        var options = call.query().text("ps_args");
        var table = engine.usage().processes(call.caller(), call.parameter("id"), options);
        if (!table.titles().contains("PID")) { // as Docker, which looks for it
            throw new EngineException.Failed("Couldn't find PID field in ps output");
        }
        var answer = Json.object();
        answer.set("Titles", Json.array(table.titles()));
        var rows = JsonNodeFactory.instance.arrayNode();
        table.rows().forEach(row -> rows.add(Json.array(row)));
        answer.set("Processes", rows);
        call.answer(200, answer);
    }
}
