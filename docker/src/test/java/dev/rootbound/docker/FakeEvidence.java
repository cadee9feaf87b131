package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Evidence;
import dev.rootbound.evidence.Claim;
import dev.rootbound.evidence.IdOwner;
import dev.rootbound.evidence.IdSpace;
import dev.rootbound.evidence.Report;
import dev.rootbound.evidence.Statement;
import dev.rootbound.evidence.Whose;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import java.nio.file.Path;
import java.util.List;

/** One container, {@code n}, of which one statement holds and one does not. */
final class FakeEvidence implements Evidence {
    private static final IdRange LEASE = new IdRange(1_879_048_192L, 65_536);

    @Override
    public Report prove(Caller caller, String container) {
        if (!container.equals("n")) {
            throw new EngineException.NotFound("No such container: " + container);
        }
        var claim =
                new Claim(
                        "f".repeat(64),
                        "n",
                        new Tenant(1000),
                        IdMaps.of(LEASE),
                        7,
                        8,
                        Path.of("/b"),
                        Path.of("/s"),
                        Path.of("/s/c"),
                        true,
                        false);
        return new Report(
                claim,
                3,
                List.of(
                        new Statement("ids", "ids are its", true, List.of("uid 1")),
                        new Statement("maps", "maps are its", false, List.of("no", "none"))));
    }

    @Override
    public Report attack(Caller caller, String container) {
        return prove(caller, container);
    }

    @Override
    public List<Report> proveAll(Caller caller, List<String> tenants) {
        return List.of(prove(caller, "n"));
    }

    @Override
    public IdOwner who(Caller caller, Whose.Ids ids, long id, String subject) {
        return new IdOwner(
                ids.text() + " " + id + " " + subject,
                IdOwner.Kind.ANOTHER_TENANTS,
                "",
                "",
                null,
                null,
                "a sentence");
    }

    @Override
    public List<IdOwner> whoRuns(Caller caller, long pid) {
        return List.of(who(caller, Whose.Ids.UID, pid, "of a process"));
    }

    @Override
    public IdSpace ids(Caller caller, List<String> tenants) {
        var span = new IdSpace.Span(LEASE, IdSpace.Kind.LEASE, "alice", "n", "pid 7");
        return new IdSpace(List.of(span), List.of("a conflict"));
    }
}
