package dev.rootbound.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The objects that a load or import sends, a line each, while it works. */
final class MessageStream {
    private MessageStream() {}

    /** Prints them as they come; an error among them ends the command. */
    static void print(InputStream messages, Cli cli) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(messages, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.isBlank()) continue;
            Json message = JsonReader.read(line);
            String error = message.get("errorDetail").text("message");
            if (error.isEmpty()) error = message.text("error");
            if (!error.isEmpty()) throw new CliException(1, error);
            cli.print(message.text("stream"));
            if (!message.text("status").isEmpty()) cli.println(message.text("status"));
        }
    }
}
