package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/** Parses JSON text (RFC 8259). */
final class JsonReader {
    private static final int DEEPEST = 256;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    static Json read(String text) throws IOException {
        var reader = new JsonReader(text);
        Json value = reader.value();
        reader.space();
        if (reader.at != text.length()) throw reader.bad("text after the value");
        return value;
    }

    private Json value() throws IOException {
        space();
        if (at == text.length()) throw bad("it ends early");
        return switch (text.charAt(at)) {
            case '{' -> members();
            case '[' -> array();
            case '"' -> new Json.Text(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> numeral();
        };
    }

    private Json members() throws IOException {
        var map = new LinkedHashMap<String, Json>();
        enter();
        if (ends('}')) return new Json.Members(map);
        do {
            space();
            if (at == text.length() || text.charAt(at) != '"') throw bad("a name is missing");
            String name = string();
            expect(':');
            map.put(name, value());
        } while (another('}'));
        return new Json.Members(map);
    }

    private Json array() throws IOException {
        var items = new ArrayList<Json>();
        enter();
        if (ends(']')) return new Json.Array(items);
        do items.add(value());
        while (another(']'));
        return new Json.Array(items);
    }

    private void enter() throws IOException {
        at++;
        if (++depth > DEEPEST) throw bad("it is nested too deeply");
    }

    private boolean ends(char close) {
        space();
        if (at == text.length() || text.charAt(at) != close) return false;
        at++;
        depth--;
        return true;
    }

    private boolean another(char close) throws IOException {
        if (ends(close)) return false;
        expect(',');
        return true;
    }

    private void expect(char wanted) throws IOException {
        space();
        if (at == text.length() || text.charAt(at) != wanted)
            throw bad("'" + wanted + "' is missing");
        at++;
    }

    private String string() throws IOException {
        var value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return value.toString();
            }
            if (c < ' ') throw bad("a control character in a string");
            value.append(c == '\\' ? escape() : c);
        }
        throw bad("a string does not end");
    }

    private char escape() throws IOException {
        if (++at == text.length()) throw bad("a string does not end");
        return switch (text.charAt(at)) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw bad("an unknown escape");
        };
    }

    private char unicode() throws IOException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = ++at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) throw bad("a bad \\u escape");
            code = code * 16 + digit;
        }
        return (char) code;
    }

    private Json word(String word, Json value) throws IOException {
        if (!text.startsWith(word, at)) throw bad("an unknown word");
        at += word.length();
        return value;
    }

    private Json numeral() throws IOException {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
        String digits = text.substring(start, at);
        try {
            Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw bad("no value where one must be");
        }
        return new Json.Numeral(digits);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private IOException bad(String why) {
        return new IOException("not JSON at character " + at + ": " + why);
    }
}
