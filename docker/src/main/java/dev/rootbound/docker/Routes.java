package dev.rootbound.docker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint answers which method and path. In a template {@code {id}} stands for one segment,
 * {@code {id*}} for one or two, since a container may be named TENANT/NAME, and {@code {name+}} for
 * one or more, since an image's name may contain slashes.
 */
final class Routes {
    /** Answers one call. */
    interface Endpoint {
        void serve(Call call) throws Exception;
    }

    private record Route(String method, List<String> template, Endpoint endpoint) {}

    /** An endpoint and what the path says for its template's names. */
    record Match(Endpoint endpoint, Map<String, String> parameters) {}

    private final List<Route> routes = new ArrayList<>();

    /** Earlier routes win. */
    void add(String method, String template, Endpoint endpoint) {
        routes.add(new Route(method, List.of(template.split("/")), endpoint));
    }

    /** {@code METHOD /path/{id}} each, those that win first. */
    List<String> list() {
        return routes.stream().map(r -> r.method + " " + String.join("/", r.template)).toList();
    }

    @Nullable Match find(String method, String path) {
        var segments = path.split("/", -1);
        for (var route : routes) {
            if (route.method.equals(method)) {
                var parameters = match(route.template, segments);
                if (parameters != null) {
                    return new Match(route.endpoint, parameters);
                }
            }
        }
        return null;
    }

    private static @Nullable Map<String, String> match(List<String> template, String[] segments) {
        int spare = segments.length - template.size();
        if (spare < 0) {
            return null;
        }
        var parameters = new HashMap<String, String>();
        int at = 0;
        for (var part : template) {
            int length = length(part, spare);
            if (at + length > segments.length) {
                return null;
            }
            var text = String.join("/", List.of(segments).subList(at, at + length));
            at += length;
            if (!part.startsWith("{") && !part.equals(text)) {
                return null;
            }
            if (part.startsWith("{")) {
                if (text.isEmpty()) {
                    return null;
                }
                parameters.put(part.replaceAll("[{*+}]", ""), text);
            }
        }
        return at == segments.length ? parameters : null;
    }

    /**
     * @param spare how many segments the path has more than the template
     */
    private static int length(String part, int spare) {
        if (part.endsWith("+}")) {
            return 1 + spare;
        }
        return part.endsWith("*}") ? 1 + Math.min(1, spare) : 1;
    }
}
