package dev.rootbound.oci;

import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes JSON; foreign documents are limited in size and depth. */
public final class Json {
    /** Bytes of a foreign document: what containerd and Docker accept of a manifest or config. */
    public static final int MAX_DOCUMENT = 4 << 20;

    private static final int MAX_DEPTH = 100;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxDocumentLength(MAX_DOCUMENT)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private Json() {}

    /**
     * Parses a foreign document whose top level is an object.
     *
     * @param what it is, for messages
     * @throws MalformedException if it is not JSON, not an object, too large or too deep
     */
    public static Fields object(byte[] document, String what) throws MalformedException {
        return Fields.of(parse(document, what), what);
    }

    /**
     * Parses a foreign document.
     *
     * @throws MalformedException if it is not JSON, too large or too deep
     */
    public static JsonNode parse(byte[] document, String what) throws MalformedException {
        if (document.length > MAX_DOCUMENT) {
            throw new MalformedException(
                    what + " has " + document.length + " bytes, the limit is " + MAX_DOCUMENT);
        }
        try {
            var tree = MAPPER.readTree(document);
            if (tree.isMissingNode()) throw new MalformedException(what + " is empty");
            return tree;
        } catch (JacksonException e) {
            throw new MalformedException(what + " is not JSON: " + e.getOriginalMessage());
        } catch (NumberFormatException e) { // Jackson lets some pass, as 1e9999999999
            throw new MalformedException(what + " has a number that is none: " + e.getMessage());
        }
    }

    /** A tree, a record, a map or a collection as compact JSON. */
    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The same, for people. */
    public static void writePretty(OutputStream out, Object value) {
        MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValue(out, value);
    }
}
