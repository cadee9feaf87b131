package dev.rootbound.docker;

import dev.rootbound.engine.EngineException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An answer of JSON lines that begins with the first: an earlier failure is a plain error. Several
 * threads may say something.
 */
final class Messages {
    private final Call call;
    private @Nullable OutputStream out;

    Messages(Call call) {
        this.call = call;
    }

    private OutputStream out() throws IOException {
        if (out == null) {
            out = call.stream();
        }
        return out;
    }

    void say(String field, String text) {
        say(Json.object().put(field, text));
    }

    synchronized void say(JsonNode line) {
        try {
            out().write(Call.line(line));
            out().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void end() throws IOException {
        out().close();
    }

    /** A command of a build that has failed. */
    synchronized void fail(String message, int code) throws IOException {
        var line = Json.object();
        line.putObject("errorDetail").put("code", code).put("message", message);
        out().write(Call.line(line.put("error", message)));
        out().close();
    }

    synchronized void fail(EngineException e) throws IOException {
        if (out == null) {
            throw e;
        }
        var line = Json.object();
        line.putObject("errorDetail").put("message", Api.message(e));
        out.write(Call.line(line.put("error", Api.message(e))));
        out.close();
    }
}
