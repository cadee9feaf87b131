package dev.rootbound.app;

import java.util.Map;

/** Prints JSON values, and indents JSON text without reading it. */
final class JsonWriter {
    private JsonWriter() {}

    static String write(Json value) {
        var text = new StringBuilder();
        append(text, value);
        return text.toString();
    }

    private static void append(StringBuilder text, Json value) {
        switch (value) {
            case Json.Text string -> quote(text, string.value());
            case Json.Numeral numeral -> text.append(numeral.digits());
            case Json.Bool bool -> text.append(bool.value());
            case Json.Null _ -> text.append("null");
            case Json.Array array -> {
                char before = '[';
                for (Json item : array.items()) {
                    append(text.append(before), item);
                    before = ',';
                }
                text.append(before == '[' ? "[]" : "]");
            }
            case Json.Members members -> {
                char before = '{';
                for (Map.Entry<String, Json> member : members.map().entrySet()) {
                    quote(text.append(before), member.getKey());
                    append(text.append(':'), member.getValue());
                    before = ',';
                }
                text.append(before == '{' ? "{}" : "}");
            }
        }
    }

    static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c >= ' ') text.append(c);
                    else text.append("\\u00").append(c < 16 ? '0' : '1').append(hex(c & 15));
                }
            }
        }
        text.append('"');
    }

    private static char hex(int digit) {
        return Character.forDigit(digit, 16);
    }

    /** Four spaces a level, empty lists and objects on one line: as {@code docker inspect}. */
    static String indent(String json) {
        var text = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted) {
                text.append(c);
                if (c == '\\' && i + 1 < json.length()) text.append(json.charAt(++i));
                else if (c == '"') quoted = false;
                continue;
            }
            switch (c) {
                case ' ', '\n', '\r', '\t' -> {}
                case '"' -> {
                    quoted = true;
                    text.append(c);
                }
                case '{', '[' -> {
                    text.append(c);
                    int next = skipSpace(json, i + 1);
                    if (next < json.length() && json.charAt(next) == c + 2) {
                        text.append(json.charAt(next));
                        i = next;
                    } else newLine(text, ++depth);
                }
                case '}', ']' -> {
                    newLine(text, --depth);
                    text.append(c);
                }
                case ',' -> newLine(text.append(c), depth);
                case ':' -> text.append(": ");
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    private static int skipSpace(String json, int at) {
        while (at < json.length() && json.charAt(at) <= ' ') at++;
        return at;
    }

    private static void newLine(StringBuilder text, int depth) {
        text.append('\n').repeat(' ', Math.max(0, depth) * 4);
    }
}
