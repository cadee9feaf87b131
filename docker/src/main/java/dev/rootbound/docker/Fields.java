package dev.rootbound.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client's JSON object, read field by field. A field of another type than asked for is refused by
 * its name; names are matched as Go does, without regard to case; {@code null} is absence. A name
 * given twice with two meanings is refused.
 */
final class Fields {
    private final String path;
    private final Map<String, JsonNode> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private Fields(String path, JsonNode object) {
        this.path = path;
        for (var entry : object.properties()) {
            fields.merge(entry.getKey(), entry.getValue(), (one, other) -> one(entry, one, other));
        }
    }

    /** docker-java gives {@code EnableIPv6} and {@code enableIPv6}, which are the same or null. */
    private JsonNode one(Map.Entry<String, JsonNode> entry, JsonNode one, JsonNode other) {
        if (other.isNull()) {
            return one;
        }
        if (!one.isNull() && !one.equals(other)) {
            throw new ApiException(400, path(entry.getKey()) + " is given twice");
        }
        return other;
    }

    static Fields of(JsonNode node) {
        return of("", node);
    }

    private static Fields of(String path, JsonNode node) {
        if (!node.isObject()) {
            var what = path.isEmpty() ? "the request's body" : path;
            throw new ApiException(400, what + " must be a JSON object");
        }
        return new Fields(path, node);
    }

    Iterable<String> names() {
        return fields.keySet();
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** {@code null} if it is absent or null. */
    @Nullable JsonNode get(String name) {
        var node = fields.get(name);
        return node == null || node.isNull() ? null : node;
    }

    /** Whether the field asks for anything: not null, zero, false, empty or made of such only. */
    boolean isSet(String name) {
        var node = get(name);
        return node != null && isSet(node);
    }

    private static boolean isSet(JsonNode node) {
        if (node.isArray()) {
            return !node.isEmpty();
        }
        if (node.isObject()) {
            return node.valueStream().anyMatch(Fields::isSet);
        }
        if (node.isNumber()) {
            return node.doubleValue() != 0;
        }
        return node.isBoolean() ? node.booleanValue() : !node.isNull() && !text(node).isEmpty();
    }

    private static String text(JsonNode node) {
        return node.stringValue("");
    }

    boolean flag(String name) {
        var node = get(name);
        if (node == null) {
            return false;
        }
        if (!node.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return node.booleanValue();
    }

    /** Empty if absent. */
    String text(String name) {
        var node = get(name);
        return node == null ? "" : text(path(name), node);
    }

    private static String text(String path, JsonNode node) {
        if (!node.isString()) {
            throw wrongAt(path, "a string");
        }
        var text = node.stringValue();
        if (text.indexOf('\0') >= 0) {
            throw new ApiException(400, path + " contains a NUL byte");
        }
        return text;
    }

    /** Zero if absent. */
    long number(String name, long least, long most) {
        var node = get(name);
        if (node == null) {
            return 0;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw wrong(name, "a whole number");
        }
        long number = node.longValue();
        if (number < least || number > most) {
            throw wrong(name, "between " + least + " and " + most);
        }
        return number;
    }

    @Nullable Integer integer(String name) {
        return get(name) == null
                ? null
                : Integer.valueOf((int) number(name, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    /** Empty if absent. */
    List<String> texts(String name) {
        var list = textsOrNull(name);
        return list == null ? List.of() : list;
    }

    @Nullable List<String> textsOrNull(String name) {
        var node = get(name);
        if (node == null) {
            return null;
        }
        if (!node.isArray()) {
            throw wrong(name, "an array of strings");
        }
        var texts = new ArrayList<String>();
        for (var element : node) {
            texts.add(text(path(name) + "[" + texts.size() + "]", element));
        }
        return texts;
    }

    /** A command: an array of strings or, as Docker accepts too, one string. */
    @Nullable List<String> command(String name) {
        var node = get(name);
        return node != null && node.isString() ? List.of(text(name)) : textsOrNull(name);
    }

    /** Names to strings; empty if absent. */
    Map<String, String> map(String name) {
        var map = new LinkedHashMap<String, String>();
        var node = get(name);
        if (node == null) {
            return map;
        }
        if (!node.isObject()) {
            throw wrong(name, "an object of strings");
        }
        for (var entry : node.properties()) {
            if (entry.getKey().indexOf('\0') >= 0) {
                throw new ApiException(400, path(name) + " contains a NUL byte");
            }
            map.put(entry.getKey(), text(path(name) + "." + entry.getKey(), entry.getValue()));
        }
        return map;
    }

    /** Without fields if absent. */
    Fields object(String name) {
        var node = get(name);
        return node == null ? new Fields(path(name), Json.object()) : of(path(name), node);
    }

    List<Fields> objects(String name) {
        var node = get(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            throw wrong(name, "an array of objects");
        }
        var objects = new ArrayList<Fields>();
        for (var element : node) {
            objects.add(of(path(name) + "[" + objects.size() + "]", element));
        }
        return objects;
    }

    private ApiException wrong(String name, String must) {
        return wrongAt(path(name), must);
    }

    private static ApiException wrongAt(String path, String must) {
        return new ApiException(400, path + " must be " + must);
    }
}
