package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the exec form, a JSON array of strings. What is no JSON at all is the shell form. */
final class JsonStrings {
    private static final int DEPTH = 100;

    /** What an array may not have among its strings. */
    static final class NotAString extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class NotJson extends Exception {
        private static final long serialVersionUID = 1;

        NotJson() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int at;

    private JsonStrings(String text) {
        this.text = text;
    }

    /** The strings; null when the text is no JSON array. */
    static @Nullable List<String> read(String text) throws NotAString {
        int start = Spaces.skip(text, 0);
        if (!text.startsWith("[", start)) return null;
        try {
            var json = new JsonStrings(text);
            json.at = start;
            var strings = json.array(0);
            json.space();
            if (json.at < text.length()) return null;
            if (strings == null) throw new NotAString();
            return strings;
        } catch (NotJson _) {
            return null;
        }
    }

    /** Null when there is something else than strings. */
    private @Nullable List<String> array(int depth) throws NotJson {
        var strings = new ArrayList<String>();
        boolean others = false;
        at++;
        space();
        if (peek() == ']') {
            at++;
            return strings;
        }
        while (true) {
            space();
            if (peek() == '"') strings.add(string());
            else {
                others = true;
                value(depth + 1);
            }
            space();
            char c = next();
            if (c == ']') return others ? null : strings;
            if (c != ',') throw new NotJson();
        }
    }

    private void value(int depth) throws NotJson {
        if (depth > DEPTH) throw new NotJson();
        char c = peek();
        if (c == '"') string();
        else if (c == '[') array(depth);
        else if (c == '{') object(depth);
        else if (c == '-' || isDigit(c)) number();
        else if (!literal("true") && !literal("false") && !literal("null")) throw new NotJson();
    }

    private void object(int depth) throws NotJson {
        at++;
        space();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            space();
            if (peek() != '"') throw new NotJson();
            string();
            space();
            if (next() != ':') throw new NotJson();
            space();
            value(depth + 1);
            space();
            char c = next();
            if (c == '}') return;
            if (c != ',') throw new NotJson();
        }
    }

    private boolean literal(String word) {
        if (!text.startsWith(word, at)) return false;
        at += word.length();
        return true;
    }

    private void number() throws NotJson {
        if (peek() == '-') at++;
        if (peek() == '0') at++;
        else digits();
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') at++;
            digits();
        }
    }

    private void digits() throws NotJson {
        if (!isDigit(peek())) throw new NotJson();
        while (at < text.length() && isDigit(text.charAt(at))) at++;
    }

    private String string() throws NotJson {
        var string = new StringBuilder();
        at++;
        while (true) {
            char c = next();
            if (c == '"') return string.toString();
            if (c < ' ') throw new NotJson();
            string.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() throws NotJson {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int value = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(next(), 16);
                    if (digit < 0) throw new NotJson();
                    value = value * 16 + digit;
                }
                yield (char) value;
            }
            default -> throw new NotJson();
        };
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() throws NotJson {
        if (at == text.length()) throw new NotJson();
        return text.charAt(at);
    }

    private char next() throws NotJson {
        char c = peek();
        at++;
        return c;
    }
}
