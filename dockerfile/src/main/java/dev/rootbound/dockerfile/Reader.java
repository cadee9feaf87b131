package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file's lines into instructions: takes directives and comments away, joins continuation
 * lines and adds heredocs.
 */
final class Reader {
    private final SourceFile file;
    private final List<Warning> warnings = new ArrayList<>();
    private final Set<String> directives = new HashSet<>();
    private List<String> comments = new ArrayList<>();
    private boolean readsDirectives = true;
    private int line;

    private @Nullable String syntax;
    private char escape = '\\';
    private CheckSettings check = CheckSettings.DEFAULT;

    Reader(SourceFile file) {
        this.file = file;
    }

    /** The next instruction; null at the end. */
    @Nullable Source next() throws DockerfileException {
        for (; line < file.lines(); line++) {
            var text = file.line(line);
            int start = Spaces.skip(text, 0);
            boolean comment = start < text.length() && text.charAt(start) == '#';
            if (comment && readsDirectives && directive(text, start)) continue;
            if (start == text.length()) comments.clear();
            else if (comment) comment(Spaces.trim(text.substring(start + 1)));
            else return instruction(start);
            // a shell's line may come first: #!/usr/bin/env …
            if (line > 0 || !text.startsWith("#!")) readsDirectives = false;
        }
        return null;
    }

    Directives directives() {
        return new Directives(syntax, escape, check);
    }

    /** What was noticed while reading. */
    List<Warning> warnings() {
        return warnings;
    }

    private void comment(String comment) {
        if (comment.isEmpty()) comments.clear();
        else comments.add(comment);
    }

    /** {@code # name = value}, of a name that is known. */
    private boolean directive(String text, int hash) throws DockerfileException {
        int equals = text.indexOf('=', hash);
        if (equals < 0) return false;
        var name = Names.lower(Spaces.trim(text.substring(hash + 1, equals)));
        var value = Spaces.trim(text.substring(equals + 1));
        boolean known = name.equals("syntax") || name.equals("escape") || name.equals("check");
        if (!known || value.isEmpty()) return false;
        var where = new Location(line + 1, hash + 1, line + 1);
        int length = text.length() - hash;
        if (!directives.add(name))
            throw file.error(where, length, "the directive " + name + " is given twice");
        switch (name) {
            case "syntax" -> syntax = value;
            case "escape" -> {
                if (!value.equals("\\") && !value.equals("`"))
                    throw file.error(
                            where, length, "the escape character is \\ or `, not: " + value);
                escape = value.charAt(0);
            }
            default -> {
                try {
                    check = CheckSettings.parse(value);
                } catch (IllegalArgumentException e) {
                    throw file.error(where, length, String.valueOf(e.getMessage()));
                }
            }
        }
        return true;
    }

    private Source instruction(int start) throws DockerfileException {
        readsDirectives = false;
        var builder = new Source.Builder();
        boolean goesOn = addLine(builder, file.line(line).substring(start), start);
        boolean empty = false;
        for (line++; goesOn && line < file.lines(); line++) {
            var text = file.line(line);
            int first = Spaces.skip(text, 0);
            if (first == text.length()) empty = true;
            else if (text.charAt(first) != '#') goesOn = addLine(builder, text, 0);
        }
        if (empty) {
            var where = new Location(line, 1, line);
            warnings.add(new Warning(Rule.NO_EMPTY_CONTINUATION, where, "Empty continuation line"));
        }
        var source = builder.build(file, escape, comments, line);
        comments = new ArrayList<>();
        return withHeredocs(source);
    }

    /** Adds a line without the escape character that has it go on; says whether it does. */
    private boolean addLine(Source.Builder builder, String text, int column) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) end--;
        boolean goesOn =
                end > 0
                        && text.charAt(end - 1) == escape
                        && (end == 1 || text.charAt(end - 2) != escape);
        builder.add(goesOn ? text.substring(0, end - 1) : text, line + 1, column + 1);
        return goesOn;
    }

    private Source withHeredocs(Source source) throws DockerfileException {
        if (!source.text().contains("<<") || !mayHaveHeredocs(source.text())) return source;
        var heredocs = new ArrayList<Heredoc>();
        for (var word : words(source.text())) {
            var heredoc = Heredoc.named(word);
            if (heredoc == null) continue;
            var content = new StringBuilder();
            while (line < file.lines() && !heredoc.isEnd(file.line(line)))
                content.append(file.withEnd(line++));
            if (line == file.lines())
                throw source.error(word, "the heredoc does not end: no line is " + heredoc.name());
            line++;
            heredocs.add(heredoc.with(content.toString()));
        }
        return heredocs.isEmpty() ? source : source.with(heredocs, line);
    }

    private static boolean mayHaveHeredocs(String text) {
        var parts = Parts.of(text, 0);
        if (parts.name().equals("onbuild")) parts = Parts.of(text, parts.restAt());
        return switch (parts.name()) {
            case "add", "copy", "run" -> !isExecForm(parts.rest());
            default -> false;
        };
    }

    private static boolean isExecForm(String rest) {
        try {
            return JsonStrings.read(rest) != null;
        } catch (JsonStrings.NotAString _) {
            return true;
        }
    }

    private static List<String> words(String text) {
        try {
            return Expansion.AS_IS.words(text, Variables.NONE);
        } catch (ExpansionException _) {
            // quotes that do not match are the shell's business, and such a line has no heredocs
            return List.of();
        }
    }
}
