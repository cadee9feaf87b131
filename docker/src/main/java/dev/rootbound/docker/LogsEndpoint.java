package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code logs}: what a container has written, and writes. */
final class LogsEndpoint {
    private final Engine engine;

    LogsEndpoint(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{id*}/logs", this::logs);
    }

    private void logs(Call call) throws Exception {
        var streams = AttachEndpoint.streams(call);
        if (streams.isEmpty()) {
            throw new ApiException(400, "Bad parameters: you must choose at least one stream");
        }
        var query = query(call, streams);
        var container = engine.inspect(call.caller(), call.parameter("id"));
        try (var log = engine.logs(call.caller(), container.id(), query)) {
            call.exchange().onGone(log::close);
            boolean terminal = container.spec().terminal();
            try (var out = call.stream(Handshake.contentType(call, terminal))) {
                copy(call, log, out, container, query.follow());
            }
        }
    }

    private static Engine.LogQuery query(Call call, Set<Engine.Stream> streams) {
        return new Engine.LogQuery(
                streams,
                call.query().flag("follow"),
                Timestamps.parse("since", call.query().text("since")),
                Timestamps.parse("until", call.query().text("until")),
                tail(call.query().text("tail")));
    }

    /** As Docker: what is not a number is all. */
    private static long tail(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private static void copy(
            Call call, Engine.Log log, OutputStream out, Container container, boolean follow)
            throws IOException, InterruptedException {
        boolean timestamps = call.query().flag("timestamps");
        var details = call.query().flag("details") ? details(container) + " " : "";
        var middle = EnumSet.noneOf(Engine.Stream.class); // streams within a long line
        for (var next = log.next(); next.isPresent(); next = log.next()) {
            var entry = next.get();
            var prefix = "";
            if (!middle.contains(entry.stream())) {
                prefix = timestamps ? Timestamps.nanos(entry.time()) + " " : "";
                prefix += details;
            }
            if (endsLine(entry.bytes())) {
                middle.remove(entry.stream());
            } else {
                middle.add(entry.stream());
            }
            write(out, container.spec().terminal(), entry, prefix);
            if (follow) {
                out.flush();
            }
        }
    }

    /** As Docker: {@code name=value}, comma separated, each escaped as in a URL. */
    private static String details(Container container) {
        var spec = container.spec();
        return spec.logOptions().details(spec).entrySet().stream()
                .map(e -> escaped(e.getKey()) + "=" + escaped(e.getValue()))
                .collect(Collectors.joining(","));
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static boolean endsLine(byte[] bytes) {
        return bytes.length > 0 && bytes[bytes.length - 1] == '\n';
    }

    private static void write(
            OutputStream out, boolean terminal, Engine.LogEntry entry, String prefix)
            throws IOException {
        var before = prefix.getBytes(StandardCharsets.US_ASCII);
        if (!terminal) {
            out.write(Frames.header(entry.stream(), before.length + entry.bytes().length));
        }
        out.write(before);
        out.write(entry.bytes());
    }
}
