package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instruction's name, its flags and the rest.
 *
 * @param keyword the name as written
 * @param rest what follows the flags, without spaces around it
 * @param restAt where the rest begins in the source's text
 */
record Parts(Word keyword, List<Flag> flags, String rest, int restAt) {
    /** A {@code --name=value} with its quotes taken away. */
    record Flag(String name, @Nullable String value, Word word) {}

    static Parts of(String text, int from) {
        int start = Spaces.skip(text, from);
        int end = Spaces.wordEnd(text, start);
        var flags = new ArrayList<Flag>();
        int at = Spaces.skip(text, end);
        while (text.startsWith("--", at)) {
            var flag = new StringBuilder();
            int next = readFlag(text, at, flag);
            var word = new Word(text.substring(at, next), at);
            at = Spaces.skip(text, next);
            if (flag.toString().equals("--")) break;
            int equals = flag.indexOf("=");
            var name = flag.substring(2, equals < 0 ? flag.length() : equals);
            flags.add(new Flag(name, equals < 0 ? null : flag.substring(equals + 1), word));
        }
        var rest = Spaces.trim(text.substring(at));
        return new Parts(new Word(text.substring(start, end), start), flags, rest, at);
    }

    String name() {
        return Names.lower(keyword.text());
    }

    /** The end of a flag; a backslash escapes in it, whatever the file's escape character is. */
    private static int readFlag(String text, int from, StringBuilder flag) {
        char quote = 0;
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quote == 0 && Spaces.isSpace(c)) return at;
            at++;
            if (c == quote) quote = 0;
            else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
            else if (c != '\\') flag.append(c);
            else if (at < text.length()) flag.append(text.charAt(at++));
        }
        return at;
    }
}
