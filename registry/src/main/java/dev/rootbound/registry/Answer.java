package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.OptionalLong;

/** A registry's answer; closed, its connection is free again or gone. */
record Answer(int status, URI uri, HttpResponse<InputStream> response, InputStream body)
        implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;
    private static final int MAX_ERROR = 64 << 10;
    private static final int MAX_SHOWN = 200;

    /**
     * @param body of the answer, which does not keep its reader waiting for ever
     */
    static Answer of(HttpResponse<InputStream> response, InputStream body) {
        return new Answer(response.statusCode(), response.uri(), response, body);
    }

    /** Empty if absent. */
    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Bytes of the body, if it says so. */
    OptionalLong length() {
        try {
            return response.headers().firstValueAsLong("Content-Length");
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * All of a document.
     *
     * @throws RegistryException.Failed if it is longer than a document may be
     */
    byte[] document(String what) throws IOException {
        var bytes = body.readNBytes(Json.MAX_DOCUMENT + 1);
        if (bytes.length > Json.MAX_DOCUMENT) {
            throw new RegistryException.Failed(
                    what + " has more than " + Json.MAX_DOCUMENT + " bytes, the limit");
        }
        return bytes;
    }

    /** What it says is wrong, as Docker writes it: {@code manifest unknown: manifest unknown}. */
    String error() {
        try {
            var bytes = body.readNBytes(MAX_ERROR);
            var stated = stated(bytes);
            if (!stated.isEmpty()) return stated;
            var text = new String(bytes, UTF_8).strip();
            boolean page = text.startsWith("<");
            if (!text.isEmpty() && !page) return status + ": " + Shown.of(text, MAX_SHOWN);
        } catch (IOException e) {
            // its status says enough
        }
        return wordless();
    }

    /** The same of a host that the registry names: nothing but what the specification has. */
    String statedError() {
        try {
            var stated = stated(body.readNBytes(MAX_ERROR));
            if (!stated.isEmpty()) return stated;
        } catch (IOException e) {
            // its status says enough
        }
        return wordless();
    }

    private String wordless() {
        return status == UNAUTHORIZED
                ? "unauthorized: authentication required" // as to HEAD, which has no body
                : "status " + status;
    }

    /** distribution-spec, Error Codes: {@code {"errors":[{"code":…,"message":…}]}}. */
    private static String stated(byte[] body) {
        try {
            var errors = Json.object(body, "error").objects("errors");
            if (errors.isEmpty()) return "";
            var code = errors.getFirst().text("code").toLowerCase(Locale.ROOT).replace('_', ' ');
            var message = errors.getFirst().text("message");
            return Shown.of(message.isEmpty() ? code : code + ": " + message, MAX_SHOWN);
        } catch (MalformedException e) {
            return "";
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // nothing is wanted of it any more
        }
    }
}
