package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request that may name a thing of somebody's.
 *
 * @param route as {@code DockerApi.endpoints} has it: {@code GET /containers/{id}/json}
 * @param thing what it names; {@link Thing#NONE}: nothing
 * @param query in which {@code @} stands for the name, and {@code NOW} for the time
 * @param body in which {@code @} stands for the name
 */
record Ask(String route, Thing thing, String query, String body) {
    /** What a tenant has, and others may not know of. */
    enum Thing {
        NONE,
        CONTAINER,
        EXEC,
        /** Also by its id. */
        IMAGE,
        /**
         * By a name only: what asks a registry, and an id would be taken for a name of docker.io.
         */
        IMAGE_NAME,
        VOLUME,
        NETWORK
    }

    /** One a line: {@code METHOD /route THING ?query {body}}; query and body may be left out. */
    static Stream<Ask> parse(String lines) {
        return lines.lines().filter(line -> !line.isBlank()).map(Ask::parseLine);
    }

    private static Ask parseLine(String line) {
        var words = new ArrayList<>(List.of(line.strip().split(" +", 4)));
        var rest = words.size() == 4 ? words.get(3) : "";
        int body = rest.startsWith("?") ? rest.indexOf(" {") : rest.indexOf('{');
        var query = body < 0 ? rest : rest.substring(0, body);
        return new Ask(
                words.get(0) + " " + words.get(1),
                Thing.valueOf(words.get(2)),
                query.strip(),
                body < 0 ? "" : rest.substring(body).strip());
    }

    EngineApi.Answer of(EngineApi api, String name) {
        int space = route.indexOf(' ');
        var path = route.substring(space + 1).replaceAll("\\{[^}]*}", name.replace("$", "\\$"));
        var asked = query.isEmpty() ? "" : "?" + encoded(query.substring(1), name);
        try {
            return api.ask(
                    route.substring(0, space),
                    path + asked,
                    "application/json",
                    body.replace("@", name).getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(this + " of " + name, e);
        }
    }

    private static String encoded(String query, String name) {
        var all = new ArrayList<String>();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            var value = pair.substring(equals + 1).replace("@", name).replace("NOW", now());
            all.add(pair.substring(0, equals + 1) + URLEncoder.encode(value, UTF_8));
        }
        return String.join("&", all);
    }

    /** What happens after it is not waited for. */
    private static String now() {
        return Long.toString(Instant.now().getEpochSecond());
    }
}
