package dev.rootbound.oci;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The fields of a JSON object, checked as they are read: every method throws {@link
 * MalformedException} naming the field if it has another type. Absent and {@code null} are alike.
 */
public final class Fields {
    private final JsonNode node;
    private final String where;

    private Fields(JsonNode node, String where) {
        this.node = node;
        this.where = where;
    }

    /**
     * @param where it stands, for messages
     */
    public static Fields of(JsonNode node, String where) throws MalformedException {
        if (!node.isObject()) throw new MalformedException(where + " is not an object");
        return new Fields(node, where);
    }

    public boolean has(String field) {
        return get(field) != null;
    }

    /** Empty if absent. */
    public String text(String field) throws MalformedException {
        var value = get(field);
        return value == null ? "" : text(value, at(field));
    }

    /** Zero if absent. */
    public long number(String field) throws MalformedException {
        var value = get(field);
        if (value == null) return 0;
        if (!value.isIntegralNumber() || !value.canConvertToLong()) throw bad(field, "a number");
        return value.longValue();
    }

    /** False if absent. */
    public boolean flag(String field) throws MalformedException {
        var value = get(field);
        if (value == null) return false;
        if (!value.isBoolean()) throw bad(field, "true or false");
        return value.booleanValue();
    }

    public Digest digest(String field) throws MalformedException {
        return digest(text(field), at(field));
    }

    public List<Digest> digests(String field) throws MalformedException {
        var digests = new ArrayList<Digest>();
        for (var text : texts(field)) digests.add(digest(text, at(field)));
        return List.copyOf(digests);
    }

    /** Empty if absent. */
    public List<String> texts(String field) throws MalformedException {
        var texts = new ArrayList<String>();
        for (var element : elements(field)) texts.add(text(element, at(field)));
        return List.copyOf(texts);
    }

    /** A list, or one text that stands for a list of it, as Docker's older clients wrote. */
    public List<String> textOrTexts(String field) throws MalformedException {
        var value = get(field);
        return value != null && value.isString() ? List.of(value.stringValue()) : texts(field);
    }

    /** In the document's order; empty if absent. A {@code null} value is empty text. */
    public Map<String, String> textMap(String field) throws MalformedException {
        var map = new LinkedHashMap<String, String>();
        for (var entry : properties(field)) {
            var value = entry.getValue();
            map.put(entry.getKey(), value.isNull() ? "" : text(value, at(field)));
        }
        return Collections.unmodifiableMap(map);
    }

    /** The names of an object's fields, whatever their values; empty if absent. */
    public List<String> keys(String field) throws MalformedException {
        var keys = new ArrayList<String>();
        for (var entry : properties(field)) keys.add(entry.getKey());
        return List.copyOf(keys);
    }

    public Optional<Fields> object(String field) throws MalformedException {
        var value = get(field);
        return value == null ? Optional.empty() : Optional.of(of(value, at(field)));
    }

    /** An object without fields if absent. */
    public Fields objectOrEmpty(String field) throws MalformedException {
        var value = get(field);
        return value == null
                ? new Fields(JsonNodeFactory.instance.objectNode(), at(field))
                : of(value, at(field));
    }

    /** A list of objects; empty if absent. */
    public List<Fields> objects(String field) throws MalformedException {
        var objects = new ArrayList<Fields>();
        for (var element : elements(field)) {
            objects.add(of(element, at(field) + "[" + objects.size() + "]"));
        }
        return List.copyOf(objects);
    }

    /** An error about this object. */
    public MalformedException malformed(String message) {
        return new MalformedException(where + " " + message);
    }

    private Iterable<Map.Entry<String, JsonNode>> properties(String field)
            throws MalformedException {
        var value = get(field);
        if (value == null) return List.of();
        if (!value.isObject()) throw bad(field, "an object");
        return value.properties();
    }

    private Iterable<JsonNode> elements(String field) throws MalformedException {
        var value = get(field);
        if (value == null) return List.of();
        if (!value.isArray()) throw bad(field, "a list");
        return value;
    }

    private static String text(JsonNode value, String at) throws MalformedException {
        if (!value.isString()) throw new MalformedException(at + " is not text");
        return value.stringValue();
    }

    private static Digest digest(String text, String at) throws MalformedException {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(at + " is " + e.getMessage());
        }
    }

    private @Nullable JsonNode get(String field) {
        var value = node.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private String at(String field) {
        return where + ": " + field;
    }

    private MalformedException bad(String field, String expected) {
        return new MalformedException(at(field) + " is not " + expected);
    }
}
