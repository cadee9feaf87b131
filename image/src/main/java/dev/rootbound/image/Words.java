package dev.rootbound.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Dockerfile instruction's arguments: words, with quotes and backslashes. */
final class Words {
    private Words() {}

    /** Quotes taken away. */
    static List<String> split(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) words.add(word.toString());
                word.setLength(0);
                inWord = false;
                continue;
            }
            inWord = true;
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
            }
        }
        if (quote != 0) throw new IllegalArgumentException("a quote is not closed");
        if (inWord) words.add(word.toString());
        return words;
    }

    /** {@code A=b C="d e"}, or the old {@code A all the rest}. */
    static Map<String, String> pairs(String text) {
        var words = split(text);
        var pairs = new LinkedHashMap<String, String>();
        if (!words.getFirst().contains("=")) {
            if (words.size() < 2) throw new IllegalArgumentException("must be NAME=VALUE");
            var parts = text.split("\\s+", 2);
            pairs.put(parts[0], parts[1]);
            return pairs;
        }
        for (var word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) throw new IllegalArgumentException("'" + word + "' must be NAME=VALUE");
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }
}
