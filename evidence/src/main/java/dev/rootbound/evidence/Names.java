package dev.rootbound.evidence;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Ids and their names, from the text of passwd(5) or group(5), in which they are at one place. */
public record Names(Map<Long, String> byId) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    public Names {
        byId = Map.copyOf(byId);
    }

    /** Of an id with several names the first; what is no line of the format is passed over. */
    public static Names parse(String text) {
        var byId = new LinkedHashMap<Long, String>();
        for (var line : text.split("\n", -1)) {
            var fields = line.split(":", -1);
            if (fields.length > 3 && isNumber(fields[2])) {
                byId.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
            }
        }
        return new Names(byId);
    }

    static boolean isNumber(String text) {
        return NUMBER.matcher(text).matches();
    }

    Optional<String> of(long id) {
        return Optional.ofNullable(byId.get(id));
    }
}
