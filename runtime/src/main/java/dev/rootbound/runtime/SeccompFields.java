package dev.rootbound.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Typed fields of a seccomp profile; an error says which field of which rule. */
final class SeccompFields {
    /** SCMP_ACT_NOTIFY is absent: it needs a listener, see {@link SeccompProfile}. */
    private static final Set<String> ACTIONS =
            Set.of(
                    "SCMP_ACT_KILL",
                    "SCMP_ACT_KILL_PROCESS",
                    "SCMP_ACT_KILL_THREAD",
                    "SCMP_ACT_TRAP",
                    "SCMP_ACT_ERRNO",
                    "SCMP_ACT_TRACE",
                    "SCMP_ACT_ALLOW",
                    "SCMP_ACT_LOG");

    /** MAX_ERRNO of the kernel's include/linux/err.h. */
    private static final int MAX_ERRNO = 4095;

    private SeccompFields() {}

    static InvalidSpec wrong(String where, String why) {
        return new InvalidSpec("seccomp profile: " + where + ": " + why);
    }

    /** Absent and {@code null} are an empty array, as in Go. */
    static List<JsonNode> array(JsonNode node, String field, String where) throws InvalidSpec {
        var value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(where, field + " is not an array");
        }
        return List.copyOf(value.values());
    }

    static List<String> strings(JsonNode node, String field, String where) throws InvalidSpec {
        var strings = new ArrayList<String>();
        for (var value : array(node, field, where)) {
            if (!value.isString()) {
                throw wrong(where, field + " has an element that is not a string: " + value);
            }
            strings.add(value.stringValue());
        }
        return strings;
    }

    static String action(JsonNode node, String field, String where) throws InvalidSpec {
        var action = node.path(field).asString("");
        if (action.isEmpty()) {
            throw wrong(where, "no " + field + "; to run without a filter say seccomp=unconfined");
        }
        if (!ACTIONS.contains(action)) {
            throw wrong(where, field + " '" + action + "' is not supported");
        }
        return action;
    }

    static OptionalInt errno(JsonNode node, String field, String where) throws InvalidSpec {
        var value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.canConvertToInt() || value.intValue() < 0 || value.intValue() > MAX_ERRNO) {
            throw wrong(where, field + " is not an errno: " + value);
        }
        return OptionalInt.of(value.intValue());
    }
}
