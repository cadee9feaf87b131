package dev.rootbound.engine;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The caller's volumes. Another tenant's are as if they were not there. */
public interface Volumes {
    /**
     * What a new volume is to be.
     *
     * @param options of Docker's driver {@code local}: {@code type}, {@code device}, {@code o}
     */
    record Making(Map<String, String> labels, Map<String, String> options) {
        /** Nothing is said. */
        public static final Making PLAIN = new Making(Map.of(), Map.of());

        public Making {
            labels = Map.copyOf(labels);
            options = Map.copyOf(options);
        }
    }

    /**
     * Makes a volume. One of that name that is there already is given back as it is. A directory of
     * the host is opened with the caller's rights, now and at each start.
     *
     * @param name empty: a new one, and the volume is anonymous
     */
    Volume create(Caller caller, String name, Making making);

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
