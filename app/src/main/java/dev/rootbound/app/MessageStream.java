package dev.rootbound.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects that a load, import, pull or push sends, a line each, while it works. On a terminal
 * what has an id has a line of its own, written again as it goes on.
 */
final class MessageStream {
    private static final int BAR = 50;

    private final OutputStream out;
    private final boolean terminal;
    private final boolean quiet;

    /** By line, from the first on; lines below the last are none of ours. */
    private final List<String> ids = new ArrayList<>();

    /**
     * @param terminal whether {@code out} is one
     * @param quiet whether only an error is of interest
     */
    MessageStream(OutputStream out, boolean terminal, boolean quiet) {
        this.out = out;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    /** Prints them as they come; an error among them ends the command. */
    void print(InputStream messages) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(messages, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            if (line.isBlank()) continue;
            Json message = JsonReader.read(line);
            String error = message.get("errorDetail").text("message");
            if (error.isEmpty()) error = message.text("error");
            if (!error.isEmpty()) throw new CliException(1, error);
            if (!quiet) show(message);
        }
    }

    private void show(Json message) throws IOException {
        write(message.text("stream"));
        String status = message.text("status");
        if (status.isEmpty()) return;
        String id = message.text("id");
        Json detail = message.get("progressDetail");
        boolean bar = detail.number("total") > 0;
        if (id.isEmpty()) {
            ids.clear();
            write(status + "\n");
        } else if (terminal) {
            overwrite(id, id + ": " + status + (bar ? " " + bar(detail) : ""));
        } else if (!bar) {
            write(id + ": " + status + "\n");
        }
    }

    /** Up to the id's line, that line anew, and down again. */
    private void overwrite(String id, String line) throws IOException {
        int at = ids.indexOf(id);
        if (at < 0) {
            ids.add(id);
            write(line + "\n");
            return;
        }
        int up = ids.size() - at;
        write("\033[" + up + "A\r\033[2K" + line + "\r\033[" + up + "B");
    }

    private static String bar(Json detail) {
        long done = detail.number("current");
        long total = detail.number("total");
        int filled = Math.clamp(done * BAR / total, 0, BAR);
        var text = new StringBuilder("[").repeat('=', filled);
        if (filled < BAR) text.append('>').repeat(' ', BAR - filled - 1);
        return text.append("] ") + ByteSize.human(done) + "/" + ByteSize.human(total);
    }

    private void write(String text) throws IOException {
        if (text.isEmpty()) return;
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
