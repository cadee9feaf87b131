package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;

/** What separates words: two notions of it, which BuildKit has too. */
final class Spaces {
    private Spaces() {}

    /** Unicode's White_Space. */
    static boolean isSpace(char c) {
        return (c >= '\t' && c <= '\r') || c == ' ' || c == '\u0085' || Character.isSpaceChar(c);
    }

    /** What separates the words of an instruction. */
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\u000b' || c == '\f' || c == '\r';
    }

    static int skip(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) at++;
        return at;
    }

    static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && isBlank(text.charAt(at))) at++;
        return at;
    }

    static int wordEnd(String text, int from) {
        int at = from;
        while (at < text.length() && !isBlank(text.charAt(at))) at++;
        return at;
    }

    static String trim(String text) {
        int from = skip(text, 0);
        int to = text.length();
        while (to > from && isSpace(text.charAt(to - 1))) to--;
        return text.substring(from, to);
    }

    /** The words of a text, whatever quotes they have. */
    static List<Word> words(String text, int offset) {
        var words = new ArrayList<Word>();
        for (int at = skipBlanks(text, 0); at < text.length(); ) {
            int end = wordEnd(text, at);
            words.add(new Word(text.substring(at, end), offset + at));
            at = skipBlanks(text, end);
        }
        return words;
    }
}
