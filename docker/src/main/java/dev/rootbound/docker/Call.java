package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.ImageFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A request that found its endpoint.
 *
 * @param caller whom the peer acts for
 * @param version the minor number of the API version asked for
 * @param parameters from the path
 */
record Call(
        Exchange exchange,
        Caller caller,
        int version,
        Map<String, String> parameters,
        Query query) {
    private static final int PIECE = 128 << 10;
    private static final int MAX_JSON = 2 << 20;

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** The request's body as text, for JSON: at most 2 MiB. */
    String text() throws IOException {
        var bytes = exchange.body().readNBytes(MAX_JSON + 1);
        if (bytes.length > MAX_JSON) {
            throw new ApiException(413, "the request's body has more than 2 MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new ApiException(400, "the request's body is not UTF-8");
        }
    }

    /** The request's body as an object; an empty body is an object without fields. */
    Fields json() throws IOException {
        var text = text();
        return Fields.of(text.isBlank() ? Json.object() : Json.parse(text));
    }

    /**
     * As {@link #json}; {@code null}, which Go's clients send for nothing, is such an object too.
     */
    Fields jsonOrNull() throws IOException {
        var text = text();
        var node = text.isBlank() ? Json.object() : Json.parse(text);
        return Fields.of(node.isNull() ? Json.object() : node);
    }

    void answer(int status) throws IOException {
        exchange.respond(status, Headers.common(), new byte[0]);
    }

    void answer(int status, JsonNode body) throws IOException {
        exchange.respond(status, Headers.json(), line(body));
    }

    /** An answer of JSON objects, one a line, as things happen. */
    OutputStream stream() throws IOException {
        return exchange.stream(200, Headers.json());
    }

    OutputStream stream(String contentType) throws IOException {
        var headers = new LinkedHashMap<>(Headers.common());
        headers.put("Content-Type", contentType);
        return exchange.stream(200, headers);
    }

    /** Answers with an archive, once its writer begins. */
    void archive(Consumer<ImageFiles.Destination> writer) throws IOException {
        // one that fails is not closed: without its end the client sees that it is cut short
        var out = new OutputStream[1];
        writer.accept(() -> out[0] = new BufferedOutputStream(stream("application/x-tar"), PIECE));
        out[0].close();
    }

    static byte[] line(JsonNode body) {
        return (new String(Json.bytes(body), StandardCharsets.UTF_8) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
