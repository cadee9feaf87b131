package dev.rootbound.docker;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters behind the question mark, decoded; read by Docker's rules.
 *
 * @param values one character a byte: a path need not be UTF-8
 */
record Query(Map<String, List<String>> values) {
    static Query parse(String text) {
        var values = new LinkedHashMap<String, List<String>>();
        for (var pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                var name = decode(equals < 0 ? pair : pair.substring(0, equals));
                var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            var decoded = URLDecoder.decode(text, StandardCharsets.ISO_8859_1);
            if (decoded.indexOf('\0') >= 0) {
                throw new ApiException(400, "a NUL byte in the query");
            }
            return decoded;
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "bad escape in the query: " + e.getMessage());
        }
    }

    /** The first value as it was sent, empty if there is none. */
    byte[] bytes(String name) {
        return bytesOf(values.getOrDefault(name, List.of("")).getFirst());
    }

    private static byte[] bytesOf(String value) {
        return value.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String utf8(String value) {
        return new String(bytesOf(value), StandardCharsets.UTF_8);
    }

    /** The first value, empty if there is none. */
    String text(String name) {
        return utf8(values.getOrDefault(name, List.of("")).getFirst());
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of()).stream().map(Query::utf8).toList();
    }

    boolean has(String name) {
        return !text(name).isEmpty();
    }

    /** Docker's booleans: everything but {@code 0}, {@code no}, {@code false} and {@code none}. */
    boolean flag(String name) {
        return switch (text(name).strip().toLowerCase(Locale.ROOT)) {
            case "", "0", "no", "false", "none" -> false;
            default -> true;
        };
    }

    int number(String name, int otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        try {
            return Integer.parseInt(text(name));
        } catch (NumberFormatException _) {
            throw new ApiException(400, name + ": not a number: " + text(name));
        }
    }
}
