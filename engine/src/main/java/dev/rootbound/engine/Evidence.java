package dev.rootbound.engine;

import dev.rootbound.evidence.IdOwner;
import dev.rootbound.evidence.IdSpace;
import dev.rootbound.evidence.Report;
import dev.rootbound.evidence.Whose;
import java.util.List;

/**
 * What the kernel shows of containers and ids, whatever the engine believes. A caller is told of
 * its own tenant's containers only, and that others are another tenant's; host root of all that it
 * asks for.
 */
public interface Evidence {
    /** Conflict unless it runs. */
    Report prove(Caller caller, String container);

    /**
     * What {@link #prove} shows, and what becomes of each attack of the catalogue in a twin of the
     * container: of the same image, with the same options and a lease of its own, and with new
     * volumes. It is removed before this returns, and by the next engine if this one is killed.
     */
    Report attack(Caller caller, String container);

    /**
     * Of each running container of some tenants.
     *
     * @param tenants as {@link Engine#list(Caller, List)} has them
     */
    List<Report> proveAll(Caller caller, List<String> tenants);

    /**
     * Whose an id of the host is.
     *
     * @param subject what has that id, for the answer: the absolute path of a file, which is not
     *     looked at; empty: the id itself
     */
    IdOwner who(Caller caller, Whose.Ids ids, long id, String subject);

    /** Whose a process is: its effective uid and gid. NotFound if there is none. */
    List<IdOwner> whoRuns(Caller caller, long pid);

    /**
     * Which ids are whose; for any other than host root only what is its own tenant's.
     *
     * @param tenants whose containers are named, as {@link Engine#list(Caller, List)} has them
     */
    IdSpace ids(Caller caller, List<String> tenants);
}
