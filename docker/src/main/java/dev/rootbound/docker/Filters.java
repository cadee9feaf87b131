package dev.rootbound.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Docker's {@code filters} parameter, in both of its forms: {@code {"label":["a=b"]}} and {@code
 * {"label":{"a=b":true}}}. Names are anded, the values of one name are ored (labels are anded).
 */
record Filters(Map<String, List<String>> values) {
    static Filters parse(String text, Set<String> known) {
        var values = new LinkedHashMap<String, List<String>>();
        if (!text.isEmpty()) {
            for (var entry : object(text).properties()) {
                if (!known.contains(entry.getKey())) {
                    throw new ApiException(400, "invalid filter '" + entry.getKey() + "'");
                }
                values.put(entry.getKey(), values(entry.getKey(), entry.getValue()));
            }
        }
        return new Filters(values);
    }

    private static tools.jackson.databind.JsonNode object(String text) {
        var node = Json.parse(text);
        if (!node.isObject()) {
            throw new ApiException(400, "invalid filter: filters must be a JSON object");
        }
        return node;
    }

    private static List<String> values(String name, tools.jackson.databind.JsonNode node) {
        var values = new ArrayList<String>();
        if (node.isObject()) {
            node.properties().stream()
                    .filter(entry -> entry.getValue().asBoolean(false))
                    .forEach(entry -> values.add(entry.getKey()));
            return values;
        }
        if (!node.isArray() || !node.valueStream().allMatch(value -> value.isString())) {
            throw new ApiException(400, "invalid filter '" + name + "': an array of strings");
        }
        node.forEach(value -> values.add(value.stringValue()));
        return values;
    }

    List<String> of(String name) {
        return values.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return !of(name).isEmpty();
    }

    /** Whether one of the values fits, or none is given. */
    boolean any(String name, Predicate<String> fits) {
        return !has(name) || of(name).stream().anyMatch(fits);
    }

    /** Whether all of the labels asked for, {@code NAME} or {@code NAME=value}, are there. */
    boolean labels(Map<String, String> labels) {
        return of("label").stream().allMatch(asked -> hasLabel(labels, asked));
    }

    static boolean hasLabel(Map<String, String> labels, String asked) {
        int equals = asked.indexOf('=');
        return equals < 0
                ? labels.containsKey(asked)
                : asked.substring(equals + 1).equals(labels.get(asked.substring(0, equals)));
    }

    /** A value that must be a boolean. */
    boolean flag(String name) {
        var value = of(name).getFirst();
        return switch (value) {
            case "1", "true", "True", "TRUE", "t", "T" -> true;
            case "0", "false", "False", "FALSE", "f", "F" -> false;
            default -> throw new ApiException(400, "invalid filter '" + name + "=[" + value + "]'");
        };
    }
}
