package dev.rootbound.app;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The engine's answer to a request.
 *
 * @param headers names in lower case
 * @param body read while the connection is open
 */
record Answer(int status, Map<String, String> headers, InputStream body, Connection connection)
        implements Closeable {
    /** Throws what the engine said if it refused. */
    Answer orThrow() throws IOException {
        if (status < 400) return this;
        try (this) {
            throw new ApiException(status, message());
        }
    }

    /** {@code {"message": …}}, else the text itself. */
    private String message() throws IOException {
        String text = text();
        String message = "";
        try {
            message = JsonReader.read(text).text("message");
        } catch (IOException e) {
            // a proxy's page, perhaps: shown as it is
        }
        if (!message.isEmpty()) return message;
        return text.isBlank() ? "status " + status + " without a reason" : text.strip();
    }

    String text() throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    Json json() throws IOException {
        return JsonReader.read(text());
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
