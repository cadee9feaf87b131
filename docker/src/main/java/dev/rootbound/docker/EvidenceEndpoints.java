package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.evidence.IdOwner;
import dev.rootbound.evidence.Report;
import dev.rootbound.evidence.Whose;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What Docker has no word for: evidence, from the kernel, of who is root where. */
final class EvidenceEndpoints {
    private final Engine engine;

    EvidenceEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/rootbound/containers/{id*}/evidence", this::prove);
        routes.add("POST", "/rootbound/containers/{id*}/attack", this::attack);
        routes.add("GET", "/rootbound/evidence", this::proveAll);
        routes.add("GET", "/rootbound/who", this::who);
        routes.add("GET", "/rootbound/ids", this::ids);
    }

    private void prove(Call call) throws IOException {
        call.answer(200, json(engine.evidence().prove(call.caller(), call.parameter("id"))));
    }

    private void attack(Call call) throws IOException {
        call.answer(200, json(engine.evidence().attack(call.caller(), call.parameter("id"))));
    }

    private void proveAll(Call call) throws IOException {
        var array = JsonNodeFactory.instance.arrayNode();
        engine.evidence()
                .proveAll(call.caller(), tenants(call))
                .forEach(report -> array.add(json(report)));
        call.answer(200, array);
    }

    /** {@code tenant=}: a uid or name, or {@code *}; none: the caller. */
    private static List<String> tenants(Call call) {
        return call.query().all("tenant");
    }

    static ObjectNode json(Report report) {
        var claim = report.claim();
        var object =
                Json.object()
                        .put("Id", claim.id())
                        .put("Name", claim.name())
                        .put("Tenant", claim.tenant().uid())
                        .put("Ids", claim.ids().outsideText())
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

    /** {@code pid=}, or {@code uid=}, {@code gid=} or both, of a file also {@code path=}. */
    private void who(Call call) throws IOException {
        var answer = JsonNodeFactory.instance.arrayNode();
        var query = call.query();
        if (query.has("pid")) {
            var owners = engine.evidence().whoRuns(call.caller(), number(call, "pid"));
            owners.forEach(owner -> answer.add(json(owner)));
        }
        for (var ids : Whose.Ids.values()) {
            if (query.has(ids.text())) {
                long id = number(call, ids.text());
                var owner = engine.evidence().who(call.caller(), ids, id, query.text("path"));
                answer.add(json(owner));
            }
        }
        if (answer.isEmpty()) {
            throw new ApiException(400, "who is asked about pid=, uid= or gid=");
        }
        call.answer(200, answer);
    }

    /** What the kernel counts in 32 bits, without the last one, which stands for none. */
    private static long number(Call call, String name) {
        var text = call.query().text(name);
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) >= 0xFFFF_FFFFL) {
            throw new ApiException(400, name + ": not a number from 0 to 4294967294: " + text);
        }
        return Long.parseLong(text);
    }

    private static ObjectNode json(IdOwner owner) {
        return Json.object()
                .put("Subject", owner.subject())
                .put("Kind", word(owner.kind()))
                .put("Container", owner.container())
                .put("Name", owner.name())
                .put("Tenant", owner.tenant())
                .put("Inside", owner.inside())
                .put("Sentence", owner.sentence());
    }

    /** {@code another-tenants}. */
    private static String word(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void ids(Call call) throws IOException {
        var space = engine.evidence().ids(call.caller(), tenants(call));
        var answer = Json.object();
        var spans = answer.putArray("Ranges");
        for (var span : space.spans()) {
            spans.addObject()
                    .put("First", span.range().first())
                    .put("Ids", span.range().size())
                    .put("Kind", word(span.kind()))
                    .put("Owner", span.owner())
                    .put("Container", span.container())
                    .put("Source", span.source());
        }
        answer.set("Conflicts", Json.array(space.conflicts()));
        call.answer(200, answer);
    }
}
