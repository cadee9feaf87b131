package dev.rootbound.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The caller's volumes. Another tenant's are as if they were not there. */
public interface Volumes {
    /**
     * Makes a volume. One of that name that is there already is given back as it is.
     *
     * @param name empty: a new one, and the volume is anonymous
     */
    Volume create(Caller caller, String name, Map<String, String> labels);

    /** NotFound if there is none. */
    Volume find(Caller caller, String name);

    /** All, by name. */
    List<Volume> list(Caller caller);

    /** The containers, running or not, that use each of the caller's volumes, by its name. */
    Map<String, List<String>> users(Caller caller);

    /**
     * Removes it and its files. Conflict if a container uses it.
     *
     * @param force unchanged, in place of NotFound, if there is none
     */
    void remove(Caller caller, String name, boolean force);

    /** Bytes in its files, which are walked; -1 if that cannot be told. */
    long size(Volume volume);

    /**
     * What was deleted.
     *
     * @param reclaimed bytes
     */
    record Pruned(List<String> names, long reclaimed) {
        public Pruned {
            names = List.copyOf(names);
        }
    }

    /** Removes those that no container uses and for which {@code which} holds. */
    Pruned prune(Caller caller, Predicate<Volume> which);
}
