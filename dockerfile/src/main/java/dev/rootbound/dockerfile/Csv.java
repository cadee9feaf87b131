package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** Comma-separated fields, which may be in double quotes (RFC 4180). */
final class Csv {
    private Csv() {}

    static List<String> fields(String text) {
        var fields = new ArrayList<String>();
        int at = 0;
        while (true) {
            if (text.startsWith("\"", at)) at = quoted(text, at + 1, fields);
            else {
                int end = text.indexOf(',', at);
                if (end < 0) end = text.length();
                var field = text.substring(at, end);
                if (field.indexOf('"') >= 0)
                    throw new IllegalArgumentException("a quote in the midst of a field: " + field);
                fields.add(field);
                at = end;
            }
            if (at == text.length()) return fields;
            if (text.charAt(at) != ',')
                throw new IllegalArgumentException("a comma is expected after a closing quote");
            at++;
        }
    }

    private static int quoted(String text, int from, List<String> fields) {
        var field = new StringBuilder();
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                if (!text.startsWith("\"", at + 1)) {
                    fields.add(field.toString());
                    return at + 1;
                }
                at++;
            }
            field.append(c);
        }
        throw new IllegalArgumentException("the closing \" of a field is missing");
    }
}
