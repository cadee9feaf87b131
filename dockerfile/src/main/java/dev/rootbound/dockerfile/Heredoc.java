package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/**
 * A text that stands in the Dockerfile below its instruction, up to a line that is its name.
 *
 * @param name the word that ends it; also the name of the file that {@code COPY} makes of it
 * @param content its lines as they are, with their ends
 * @param expands whether variables in it are replaced: its name has no quotes
 * @param stripsTabs whether tabs at the begin of its lines are left out ({@code <<-})
 */
public record Heredoc(String name, String content, boolean expands, boolean stripsTabs) {
    /** The content, without tabs that are to be left out. */
    public String text() {
        if (!stripsTabs) return content;
        var text = new StringBuilder(content.length());
        boolean lineStart = true;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (lineStart && c == '\t') continue;
            lineStart = c == '\n';
            text.append(c);
        }
        return text.toString();
    }

    Heredoc with(String lines) {
        return new Heredoc(name, lines, expands, stripsTabs);
    }

    /** Whether a line is the one that ends it. */
    boolean isEnd(String line) {
        int start = 0;
        if (stripsTabs) while (start < line.length() && line.charAt(start) == '\t') start++;
        return line.length() - start == name.length() && line.startsWith(name, start);
    }

    /** The heredoc, without content, that a word such as {@code 3<<-"EOF"} begins. */
    static @Nullable Heredoc named(String word) {
        int at = 0;
        while (at < word.length() && word.charAt(at) >= '0' && word.charAt(at) <= '9') at++;
        if (!word.startsWith("<<", at)) return null;
        at += 2;
        boolean tabs = word.startsWith("-", at);
        if (tabs) at++;
        var rest = word.substring(at);
        if (rest.isEmpty() || rest.indexOf('<') >= 0) return null;
        try {
            var words = Expansion.SHELL.words(rest, Variables.NONE);
            if (words.size() != 1) return null;
            var name = words.getFirst();
            return new Heredoc(name, "", quotes(name) == quotes(rest), tabs);
        } catch (ExpansionException _) {
            return null;
        }
    }

    private static long quotes(String text) {
        return text.chars().filter(c -> c == '\'' || c == '"').count();
    }
}
