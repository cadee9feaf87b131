package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** A word of an instruction, with its quotes and escapes, and where it begins in it. */
record Word(String text, int at) {
    /** The words of a text: quotes and escaped spaces hold one together. */
    static List<Word> quoted(String text, int offset, char escape) {
        var words = new ArrayList<Word>();
        for (int at = Spaces.skip(text, 0); at < text.length(); at = Spaces.skip(text, at)) {
            int start = at;
            at = end(text, start, escape);
            // an escape that escapes nothing, as it is the last of all, is no part of the word
            int end = at == text.length() && endsInEscape(text, start, escape) ? at - 1 : at;
            if (end > start) words.add(new Word(text.substring(start, end), offset + start));
        }
        return words;
    }

    private static int end(String text, int from, char escape) {
        char quote = 0;
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quote == 0 && Spaces.isSpace(c)) return at;
            if (c == escape && quote != '\'') at++;
            else if (c == quote) quote = 0;
            else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
            at++;
        }
        return text.length();
    }

    private static boolean endsInEscape(String text, int start, char escape) {
        char quote = 0;
        for (int at = start; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == escape && quote != '\'') {
                if (at + 1 == text.length()) return true;
                at++;
            } else if (c == quote) quote = 0;
            else if (quote == 0 && (c == '\'' || c == '"')) quote = c;
        }
        return false;
    }
}
