package dev.rootbound.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a registry wants to know before it answers: a {@code WWW-Authenticate} header (RFC 9110
 * §11.6.1).
 *
 * @param scheme in lower case: {@code basic}, {@code bearer}
 * @param parameters names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    static final String BEARER = "bearer";
    static final String BASIC = "basic";
    private static final int MAX_LENGTH = 8 << 10;

    // name=token or name="text", the text with \ before what would end it
    private static final Pattern PARAMETER =
            Pattern.compile(
                    "([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64})\\s*=\\s*"
                            + "(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s,\"]++))");

    /**
     * What to answer of all that a registry would take: a token before a password.
     *
     * @param headers a challenge each
     */
    static Optional<Challenge> choose(List<String> headers) {
        var parsed = headers.stream().flatMap(header -> parse(header).stream()).toList();
        return Stream.of(BEARER, BASIC)
                .flatMap(scheme -> parsed.stream().filter(c -> c.scheme().equals(scheme)))
                .findFirst();
    }

    /** Empty if it is no challenge that can be understood. */
    static Optional<Challenge> parse(String header) {
        if (header.length() > MAX_LENGTH) return Optional.empty();
        var text = header.strip();
        int space = text.indexOf(' ');
        var scheme = (space < 0 ? text : text.substring(0, space)).toLowerCase(Locale.ROOT);
        var parameters = new HashMap<String, String>();
        var matcher = PARAMETER.matcher(space < 0 ? "" : text.substring(space));
        while (matcher.find()) {
            var quoted = matcher.group(2);
            var value = quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1");
            parameters.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), value);
        }
        return scheme.isEmpty()
                ? Optional.empty()
                : Optional.of(new Challenge(scheme, Map.copyOf(parameters)));
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
