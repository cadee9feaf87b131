package dev.rootbound.dockerfile;

import dev.rootbound.dockerfile.Expansion.Quotes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One word's expansion: a recursive descent over its characters. */
final class ExpansionRun {
    /** Characters that values may add to a word: eight times what Linux lets an argument be. */
    private static final int LIMIT = 1 << 20;

    private static final int DEPTH = 100;
    private static final char NOTHING = 0;

    private final Expansion how;
    private final String in;
    private final Variables variables;
    private int at;
    private int depth;
    private int added;

    ExpansionRun(Expansion how, String in, Variables variables) {
        this.how = how;
        this.in = in;
        this.variables = variables;
    }

    String text() throws ExpansionException {
        return until(NOTHING, how.keepsEscapes, null);
    }

    List<String> words() throws ExpansionException {
        var words = new Separated();
        until(NOTHING, how.keepsEscapes, words);
        return words.end();
    }

    /**
     * Expands up to a character that ends a part of {@code ${…}}, which it takes, or to the end.
     */
    private String until(char stop, boolean keepsEscapes, @Nullable Separated words)
            throws ExpansionException {
        if (++depth > DEPTH) throw new ExpansionException("variables are nested too deep");
        var result = new StringBuilder();
        while (at < in.length()) {
            char c = in.charAt(at);
            if (stop != NOTHING && c == stop) {
                at++;
                depth--;
                return result.toString();
            }
            if (c == '$') {
                var value = dollar();
                result.append(value);
                if (words != null) words.addValue(value);
            } else if (c == '\'' && how.quotes != Quotes.TEXT) {
                var quoted = singleQuoted();
                result.append(quoted);
                if (words != null) words.addQuoted(quoted);
            } else if (c == '"' && how.quotes != Quotes.TEXT) {
                var quoted = doubleQuoted(keepsEscapes);
                result.append(quoted);
                if (words != null) words.addQuoted(quoted);
            } else if (c == how.escape) {
                escaped(keepsEscapes, result, words);
            } else {
                at++;
                result.append(c);
                if (words != null) words.add(c);
            }
        }
        if (stop != NOTHING) throw new ExpansionException("'" + stop + "' is missing in ${…}");
        depth--;
        return result.toString();
    }

    private void escaped(boolean keepsEscapes, StringBuilder result, @Nullable Separated words) {
        if (keepsEscapes) {
            result.append(how.escape);
            if (words != null) words.addQuoted(how.escape);
        }
        at++;
        if (at == in.length()) return;
        char c = in.charAt(at++);
        result.append(c);
        if (words != null) words.addQuoted(c);
    }

    private String singleQuoted() throws ExpansionException {
        int end = in.indexOf('\'', at + 1);
        if (end < 0) throw new ExpansionException("the closing ' is missing");
        var inside = in.substring(at + 1, end);
        at = end + 1;
        return how.quotes == Quotes.KEPT ? "'" + inside + "'" : inside;
    }

    private String doubleQuoted(boolean keepsEscapes) throws ExpansionException {
        var result = new StringBuilder();
        boolean kept = how.quotes == Quotes.KEPT;
        if (kept) result.append('"');
        at++;
        while (at < in.length()) {
            char c = in.charAt(at);
            if (c == '$') {
                result.append(dollar());
                continue;
            }
            at++;
            if (c == '"') {
                if (kept) result.append('"');
                return result.toString();
            }
            if (c == how.escape) {
                if (keepsEscapes) result.append(c);
                if (at == in.length()) break;
                char next = in.charAt(at);
                if (next == '"' || next == '$' || next == how.escape) {
                    c = next;
                    at++;
                }
            }
            result.append(c);
        }
        throw new ExpansionException("the closing \" is missing");
    }

    private String dollar() throws ExpansionException {
        int start = at++;
        if (at == in.length() || in.charAt(at) != '{') {
            var name = name();
            return name.isEmpty() ? "$" : value(name, start);
        }
        at++;
        var name = name();
        if (at == in.length()) throw new ExpansionException("'}' is missing in ${…}");
        if (name.isEmpty()) throw new ExpansionException("a name is expected after ${");
        return modified(name, start);
    }

    private String modified(String name, int start) throws ExpansionException {
        char c = in.charAt(at++);
        return switch (c) {
            case '}' -> value(name, start);
            case ':' -> {
                if (at == in.length()) throw new ExpansionException("'}' is missing in ${…}");
                char next = in.charAt(at++);
                if ("-+?#%".indexOf(next) < 0) throw unknown(":" + next);
                yield conditional(name, next, true, start);
            }
            case '-', '+', '?', '#', '%' -> conditional(name, c, false, start);
            case '/' -> replaced(name, start);
            default -> throw unknown(String.valueOf(c));
        };
    }

    private static ExpansionException unknown(String modifier) {
        if (modifier.chars().anyMatch(Character::isISOControl))
            return new ExpansionException("'}' is missing in ${…}");
        return new ExpansionException(
                "'"
                        + modifier
                        + "' is not known in ${…}; there are :- - :+ + :? ? # ## % %% / and //");
    }

    private String conditional(String name, char modifier, boolean emptyIsUnset, int start)
            throws ExpansionException {
        boolean pattern = modifier == '#' || modifier == '%';
        var word = until('}', pattern, null);
        var value = variables.value(name);
        if (value == null && how.keepsUnset) return in.substring(start, at);
        boolean unset = value == null || (emptyIsUnset && value.isEmpty());
        return switch (modifier) {
            case '-' -> unset ? word : grown(value == null ? "" : value);
            case '+' -> unset ? "" : word;
            case '?' -> {
                if (!unset) yield grown(value == null ? "" : value);
                var said = value == null ? "is not set" : "is empty";
                throw new ExpansionException(name + ": " + (word.isEmpty() ? said : word));
            }
            default -> grown(trimmed(word, modifier, value == null ? "" : value));
        };
    }

    private static String trimmed(String word, char modifier, String value)
            throws ExpansionException {
        boolean longest = !word.isEmpty() && word.charAt(0) == modifier;
        var pattern = ShellPattern.of(longest ? word.substring(1) : word);
        return modifier == '#'
                ? pattern.withoutPrefix(value, longest)
                : pattern.withoutSuffix(value, longest);
    }

    private String replaced(String name, int start) throws ExpansionException {
        boolean all = at < in.length() && in.charAt(at) == '/';
        if (all) at++;
        var pattern = until('/', true, null);
        var replacement = until('}', true, null);
        var value = variables.value(name);
        if (value == null && how.keepsUnset) return in.substring(start, at);
        if (value == null) return "";
        return grown(ShellPattern.of(pattern).replaced(value, replacement, all, LIMIT));
    }

    private String value(String name, int start) throws ExpansionException {
        var value = variables.value(name);
        if (value == null) return how.keepsUnset ? in.substring(start, at) : "";
        return grown(value);
    }

    private String grown(String value) throws ExpansionException {
        added += value.length();
        if (value.length() > LIMIT || added > LIMIT) throw tooLarge();
        return value;
    }

    static ExpansionException tooLarge() {
        return new ExpansionException("the value is too large: more than 1 MiB");
    }

    /**
     * A name is letters, digits and _; or digits alone, or one of the shell's special characters.
     */
    private String name() {
        int start = at;
        if (at < in.length() && "@*#?-$!".indexOf(in.charAt(at)) >= 0) {
            at++;
            return in.substring(start, at);
        }
        boolean number = at < in.length() && Character.isDigit(in.codePointAt(at));
        while (at < in.length()) {
            int c = in.codePointAt(at);
            boolean belongs =
                    Character.isDigit(c) || (!number && (Character.isLetter(c) || c == '_'));
            if (!belongs) break;
            at += Character.charCount(c);
        }
        return in.substring(start, at);
    }

    /** What is expanded, separated at spaces that are not in quotes. */
    private static final class Separated {
        private final List<String> words = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();

        void addValue(String value) {
            for (int i = 0; i < value.length(); i++) add(value.charAt(i));
        }

        void add(char c) {
            if (!Spaces.isSpace(c)) word.append(c);
            else if (!word.isEmpty()) next();
        }

        void addQuoted(String text) {
            word.append(text);
        }

        void addQuoted(char c) {
            word.append(c);
        }

        List<String> end() {
            if (!word.isEmpty()) next();
            return words;
        }

        private void next() {
            words.add(word.toString());
            word.setLength(0);
        }
    }
}
