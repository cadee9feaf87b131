package dev.rootbound.build;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A source as COPY names it: a path, each of whose names may be a pattern as in Go's {@code
 * filepath.Match}: {@code *}, {@code ?}, {@code [a-z]}, {@code \} before what is meant itself.
 */
final class SourcePattern {
    private static final String FIRST_PLACE = "(?>.*?";

    private final List<String> names;

    SourcePattern(String path) {
        this.names =
                Arrays.stream(path.split("/+"))
                        .filter(name -> !name.isEmpty() && !name.equals("."))
                        .toList();
    }

    /** Whether it is no plain path. */
    boolean isPattern() {
        return names.stream().anyMatch(SourcePattern::isPattern);
    }

    private static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\');
    }

    /** The names before the first that is a pattern, as a path. */
    String fixed() {
        return String.join("/", names.stream().takeWhile(name -> !isPattern(name)).toList());
    }

    /** The rest of it, after {@link #fixed}. */
    String after() {
        return String.join("/", names.stream().dropWhile(name -> !isPattern(name)).toList());
    }

    /** All of it, without what means nothing. */
    String plain() {
        return String.join("/", names);
    }

    /** A path that was found, and what it leads to. */
    record Found(String path, SourceFile file) {}

    /**
     * What it stands for, sorted; links are followed.
     *
     * @throws IllegalArgumentException if it is no pattern
     */
    List<Found> in(SourceFiles files) {
        var found = List.of("");
        for (int i = 0; i < names.size(); i++) {
            var next = new ArrayList<String>();
            for (var path : found) {
                var before = path.isEmpty() ? "" : path + "/";
                expand(files, path, names.get(i)).forEach(name -> next.add(before + name));
            }
            found = next;
        }
        return found.stream()
                .flatMap(path -> files.find(path).stream().map(file -> new Found(path, file)))
                .toList();
    }

    private static List<String> expand(SourceFiles files, String directory, String name) {
        if (!isPattern(name)) return List.of(name);
        var pattern = regex(name);
        var at = directory.isEmpty() ? Optional.of(files.root()) : files.find(directory);
        return at.stream()
                .flatMap(found -> found.children().keySet().stream())
                .filter(child -> pattern.matcher(child).matches())
                .toList();
    }

    /**
     * What is between two stars has a fixed length, so the first place where it is will do: it is
     * never looked for again, and no pattern takes longer than its length times that of the name.
     */
    private static Pattern regex(String name) {
        var regex = new StringBuilder();
        int star = -1; // where the last one is
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            switch (c) {
                case '*' -> {
                    if (star >= 0) regex.append(')');
                    star = regex.length();
                    regex.append(FIRST_PLACE);
                }
                case '?' -> regex.append('.');
                case '[' -> {
                    int end = name.indexOf(']', i + 2);
                    if (end < 0) throw bad(name);
                    var set = name.substring(i + 1, end).replace("&&", "&\\&").replace("[", "\\[");
                    regex.append('[').append(set).append(']');
                    i = end;
                }
                case '\\' -> {
                    if (++i == name.length()) throw bad(name);
                    regex.append(Pattern.quote(name.substring(i, i + 1)));
                }
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        if (star >= 0) { // what is after the last one is at the end
            regex.replace(star, star + FIRST_PLACE.length(), "(?:.*").append(')');
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw bad(name);
        }
    }

    private static IllegalArgumentException bad(String name) {
        return new IllegalArgumentException("syntax error in pattern: " + name);
    }
}
