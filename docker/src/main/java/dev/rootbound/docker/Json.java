package dev.rootbound.docker;

import java.util.Collection;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON trees, as they come over the wire and go out. */
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    /** Refuses what is not JSON, and a name given twice. */
    static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ApiException(400, "the JSON is malformed: " + why(e));
        }
    }

    /** Without the parser's own words about itself. */
    private static String why(JacksonException e) {
        var place = e.getLocation();
        var text =
                e.getOriginalMessage()
                        .replaceAll("(?s)\\s*[(\\[]?(start marker at )?\\[Source:.*", "");
        return text + (place == null ? "" : " (character " + place.getCharOffset() + ")");
    }

    /** An object, or an empty one if the text is anything else. */
    static ObjectNode objectOrEmpty(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object ? object : object();
        } catch (JacksonException _) {
            return object();
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array(Collection<String> texts) {
        var array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    static ObjectNode object(Map<String, String> entries) {
        var object = object();
        entries.forEach(object::put);
        return object;
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }
}
