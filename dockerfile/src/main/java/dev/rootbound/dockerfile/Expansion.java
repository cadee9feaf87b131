package dev.rootbound.dockerfile;

import java.util.List;

/**
 * Replaces variables in words and takes quotes and escapes away, as the Dockerfile reference says
 * it ("Environment replacement"): {@code $a ${a} ${a:-x} ${a-x} ${a:+x} ${a+x} ${a:?x} ${a?x}
 * ${a#p} ${a##p} ${a%p} ${a%%p} ${a/p/r} ${a//p/r}}. What a word can grow to is limited: a file of
 * a few lines could double a value with each.
 */
public final class Expansion {
    /** Names of heredocs. */
    static final Expansion SHELL = new Expansion('\\', Quotes.REMOVED, false, true);

    /** Words as they are, with quotes and escapes. */
    static final Expansion AS_IS = new Expansion('\\', Quotes.KEPT, true, true);

    /** The lines of a heredoc. */
    static final Expansion HEREDOC = new Expansion('\\', Quotes.TEXT, false, false);

    /** What becomes of quotes. */
    enum Quotes {
        REMOVED,
        KEPT,
        TEXT
    }

    final char escape;
    final Quotes quotes;
    final boolean keepsEscapes;
    final boolean keepsUnset;

    private Expansion(char escape, Quotes quotes, boolean keepsEscapes, boolean keepsUnset) {
        this.escape = escape;
        this.quotes = quotes;
        this.keepsEscapes = keepsEscapes;
        this.keepsUnset = keepsUnset;
    }

    /** With the file's escape character, a backslash or a backtick. */
    public static Expansion of(char escape) {
        return new Expansion(escape, Quotes.REMOVED, false, false);
    }

    /** For display: quotes stay, and so do variables without a value. */
    static Expansion shown(char escape) {
        return new Expansion(escape, Quotes.KEPT, false, true);
    }

    static boolean hasVariable(String word) {
        int dollar = word.indexOf('$');
        return dollar >= 0 && dollar + 1 < word.length();
    }

    /** One word for one word. */
    public String text(String word, Variables variables) throws ExpansionException {
        return new ExpansionRun(this, word, variables).text();
    }

    /** The words that a word becomes: a value that is not in quotes is separated at its spaces. */
    public List<String> words(String word, Variables variables) throws ExpansionException {
        return new ExpansionRun(this, word, variables).words();
    }
}
