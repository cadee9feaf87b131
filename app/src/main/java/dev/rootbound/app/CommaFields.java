package dev.rootbound.app;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code key=value,key=value}, as buildx has its options. */
final class CommaFields {
    private CommaFields() {}

    /** Keys in lower case; one without a value has the value {@code true}. */
    static Map<String, String> parse(String text) {
        var fields = new LinkedHashMap<String, String>();
        for (String field : text.split(",", -1)) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            fields.put(
                    key.strip().toLowerCase(java.util.Locale.ROOT),
                    equals < 0 ? "true" : field.substring(equals + 1));
        }
        return fields;
    }
}
