package dev.rootbound.engine;

import dev.rootbound.oci.MalformedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of a YAML file, checked as it is read: each error names file and line. */
final class YamlMapping {
    private final String file;
    private final Node node;
    private final Map<String, Node> keys;
    private final Map<String, Node> values;

    private YamlMapping(String file, Node node, Map<String, Node> keys, Map<String, Node> values) {
        this.file = file;
        this.node = node;
        this.keys = keys;
        this.values = values;
    }

    /**
     * @param known the keys that it may have
     */
    static YamlMapping of(String file, Node node, String... known) throws MalformedException {
        if (!(node instanceof MappingNode mapping)) {
            throw malformed(
                    file, node, "here stands a mapping, with keys " + String.join(", ", known));
        }
        var keys = new LinkedHashMap<String, Node>();
        var values = new LinkedHashMap<String, Node>();
        for (var tuple : mapping.getValue()) {
            var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            if (!Set.of(known).contains(key)) {
                throw malformed(
                        file,
                        tuple.getKeyNode(),
                        "key '"
                                + key
                                + "' is not known; here may stand "
                                + String.join(", ", known));
            }
            keys.put(key, tuple.getKeyNode());
            if (values.put(key, tuple.getValueNode()) != null) {
                throw malformed(file, tuple.getKeyNode(), "key '" + key + "' stands here twice");
            }
        }
        return new YamlMapping(file, mapping, keys, values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    boolean isList(String key) {
        return values.get(key) instanceof SequenceNode;
    }

    boolean isText(String key) {
        return values.get(key) instanceof ScalarNode;
    }

    /** Where a key stands: {@code FILE:LINE}. */
    String place(String key) {
        return file + line(keys.getOrDefault(key, node));
    }

    private static String line(Node node) {
        return node.getStartMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
    }

    /** Empty if absent. */
    Optional<String> text(String key) throws MalformedException {
        var value = values.get(key);
        return value == null ? Optional.empty() : Optional.of(text(value, key));
    }

    private String text(Node value, String key) throws MalformedException {
        if (value instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return scalar.getValue();
        }
        throw malformed(file, value, "'" + key + "' is a text");
    }

    /** A mapping's mapping; empty if absent. */
    Optional<YamlMapping> mapping(String key, String... known) throws MalformedException {
        var value = values.get(key);
        return value == null ? Optional.empty() : Optional.of(of(file, value, known));
    }

    /** What is made of one element of a list. */
    interface Element<T> {
        T of(Node node) throws MalformedException;
    }

    /** Empty if absent. */
    <T> List<T> list(String key, Element<T> element) throws MalformedException {
        var value = values.get(key);
        if (value == null) return List.of();
        if (!(value instanceof SequenceNode sequence)) {
            throw malformed(file, value, "'" + key + "' is a list");
        }
        var list = new java.util.ArrayList<T>();
        for (var node : sequence.getValue()) list.add(element.of(node));
        return List.copyOf(list);
    }

    /** Empty if absent. */
    <T> List<T> texts(String key, Parser<T> parser) throws MalformedException {
        return list(key, value -> parsed(value, key, parser));
    }

    /** What reads a text. */
    interface Parser<T> {
        /**
         * @throws IllegalArgumentException with the reason, if it is wrong
         */
        T parse(String text);
    }

    /** Empty if absent. */
    <T> Optional<T> parsed(String key, Parser<T> parser) throws MalformedException {
        var value = values.get(key);
        return value == null ? Optional.empty() : Optional.of(parsed(value, key, parser));
    }

    private <T> T parsed(Node value, String key, Parser<T> parser) throws MalformedException {
        var text = text(value, key);
        try {
            return parser.parse(text);
        } catch (IllegalArgumentException e) {
            throw malformed(file, value, "'" + key + "' " + e.getMessage());
        }
    }

    /** An error about this mapping. */
    MalformedException malformed(String reason) {
        return malformed(file, node, reason);
    }

    private static MalformedException malformed(String file, Node node, String reason) {
        return new MalformedException(file + line(node) + ": " + reason);
    }
}
