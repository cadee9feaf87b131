package dev.rootbound.engine;

import dev.rootbound.evidence.Report;
import java.util.List;

/** What the kernel shows of containers and ids, whatever the engine believes. */
public interface Evidence {
    /** Conflict unless it runs. */
    Report prove(Caller caller, String container);

    /** Of each running container of the caller's tenant, newest first; host root's: of all. */
    List<Report> proveAll(Caller caller);
}
