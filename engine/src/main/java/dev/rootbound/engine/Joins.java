package dev.rootbound.engine;

import java.util.List;
import java.util.stream.Stream;

/**
 * Whose namespaces a container joins: other containers' ids, empty where it has its own. Who joins
 * any joins the user namespace that owns it, too (setns(2)): it has the other's host ids.
 */
record Joins(String user, String network, String ipc, String pid) {
    static final String PREFIX = "container:";

    static Joins of(Isolation isolation) {
        return new Joins(
                other(isolation.usernsMode()),
                other(isolation.networkMode()),
                other(isolation.ipcMode()),
                other(isolation.pidMode()));
    }

    private static String other(String mode) {
        return mode.startsWith(PREFIX) ? mode.substring(PREFIX.length()) : "";
    }

    /** All of them, each once. */
    List<String> others() {
        return Stream.of(user, network, ipc, pid).filter(id -> !id.isEmpty()).distinct().toList();
    }
}
