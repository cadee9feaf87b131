package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Permits;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** What Docker has no word for: what the administrator's policy says to who asks. */
final class PolicyEndpoints {
    private final Engine engine;

    PolicyEndpoints(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/rootbound/policy", this::show);
        routes.add("POST", "/rootbound/policy/test", this::test);
    }

    /** {@code user=}: another by name or uid, for host root. */
    private void show(Call call) throws IOException {
        call.answer(200, json(engine.permits().show(call.caller(), call.query().text("user"))));
    }

    /** The body is that of a container's creation. */
    private void test(Call call) throws IOException {
        var spec = CreateContainer.parse(call.text(), "").toSpec();
        var user = call.query().text("user");
        call.answer(200, json(engine.permits().test(call.caller(), user, spec)));
    }

    static ObjectNode json(Permits.Shown shown) {
        var json =
                Json.object()
                        .put("User", shown.user())
                        .put("Uid", shown.uid())
                        .put("File", shown.file());
        var permits = json.putArray("Permits");
        for (var permit : shown.permits()) {
            permits.addObject()
                    .put("Setting", permit.setting())
                    .put("Value", permit.value())
                    .put("Rule", permit.rule());
        }
        return json;
    }

    static ObjectNode json(Permits.Verdict verdict) {
        var json =
                Json.object().put("Allowed", verdict.allowed()).put("Refusal", verdict.refusal());
        var decisions = json.putArray("Decisions");
        for (var decision : verdict.decisions()) {
            decisions
                    .addObject()
                    .put("What", decision.what())
                    .put("Allowed", decision.allowed())
                    .put("Rule", decision.rule());
        }
        return json;
    }
}
