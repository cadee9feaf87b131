package dev.rootbound.app;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The path and query of an API call. */
final class Target {
    /** The API version the CLI speaks. */
    static final String VERSION = "1.51";

    /** RFC 3986's unreserved characters. */
    private static final String PLAIN =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private final StringBuilder text = new StringBuilder("/v" + VERSION);
    private boolean queried;

    /** Constant parts and names in turn: {@code Target.of("/containers/", id, "/start")}. */
    static Target of(String constant, String... namesAndConstants) {
        var target = new Target();
        target.text.append(constant);
        for (int i = 0; i < namesAndConstants.length; i++) {
            if (i % 2 == 0) escape(target.text, namesAndConstants[i], "/:@");
            else target.text.append(namesAndConstants[i]);
        }
        return target;
    }

    /** Left out when the value is empty. */
    Target query(String name, String value) {
        if (value.isEmpty()) return this;
        text.append(queried ? '&' : '?').append(name).append('=');
        queried = true;
        escape(text, value, "/:@,");
        return this;
    }

    /** Left out when false. */
    Target query(String name, boolean value) {
        return query(name, value ? "1" : "");
    }

    private static void escape(StringBuilder text, String value, String also) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = PLAIN.indexOf(b) >= 0 || also.indexOf(b) >= 0;
            if (plain) text.append((char) b);
            else text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
