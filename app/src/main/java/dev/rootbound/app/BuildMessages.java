package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;

/** The objects that the engine sends while it builds, a line each. */
final class BuildMessages {
    private BuildMessages() {}

    /**
     * What was built.
     *
     * @param id the image's
     * @param steps for caches, by mode, if they were asked for
     */
    record Built(String id, Json steps) {}

    /** Shows them as they come. An error among them ends the command. */
    static Built read(InputStream messages, BuildView view) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(messages, UTF_8));
        String id = "";
        Json steps = new Json.Null();
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.isBlank()) continue;
            Json message = JsonReader.read(line);
            if (message.get("aux").get("BuildCache") instanceof Json.Members all) {
                steps = all;
                continue;
            }
            view.said(line, message);
            String error = message.get("errorDetail").text("message");
            if (error.isEmpty()) error = message.text("error");
            if (!error.isEmpty()) {
                view.failed(error);
                throw new CliException(1, error);
            }
            String made = message.get("aux").text("ID");
            if (!made.isEmpty()) id = made;
        }
        if (id.isEmpty()) throw new EngineGoneException(null);
        view.ended();
        return new Built(id, steps);
    }
}
