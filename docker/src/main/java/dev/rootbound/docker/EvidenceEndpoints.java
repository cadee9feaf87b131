package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.evidence.Report;
import java.io.IOException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What Docker has no word for: evidence, from the kernel, of who is root where. */
final class EvidenceEndpoints {
    private final Engine engine;

    EvidenceEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/rootbound/containers/{id}/evidence", this::prove);
        routes.add("GET", "/rootbound/evidence", this::proveAll);
    }

    private void prove(Call call) throws IOException {
        call.answer(200, json(engine.evidence().prove(call.caller(), call.parameter("id"))));
    }

    private void proveAll(Call call) throws IOException {
        var array = JsonNodeFactory.instance.arrayNode();
        engine.evidence().proveAll(call.caller()).forEach(report -> array.add(json(report)));
        call.answer(200, array);
    }

    static ObjectNode json(Report report) {
        var claim = report.claim();
        var object =
                Json.object()
                        .put("Id", claim.id())
                        .put("Name", claim.name())
                        .put("Tenant", claim.tenant().uid())
                        .put("FirstId", claim.lease().first())
                        .put("Ids", claim.lease().size())
                        .put("Processes", report.processes())
                        .put("Holds", report.holds());
        var statements = object.putArray("Statements");
        for (var statement : report.statements()) {
            var each =
                    statements
                            .addObject()
                            .put("Name", statement.name())
                            .put("Statement", statement.sentence())
                            .put("Holds", statement.holds());
            each.set("Evidence", Json.array(statement.evidence()));
        }
        return object;
    }
}
