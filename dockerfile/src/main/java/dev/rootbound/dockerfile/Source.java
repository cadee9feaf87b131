package dev.rootbound.dockerfile;

import java.util.Arrays;
import java.util.List;

/**
 * What an instruction was read from: its lines joined, with the way back from each character to
 * where it is in the file.
 */
public final class Source {
    private final SourceFile file;
    private final char escape;
    private final String text;
    private final int[] segments;
    private final List<String> comments;
    private final List<Heredoc> heredocs;
    private final Location location;

    /** {@code segments} has three numbers each: where in the text, and that line and column. */
    private Source(
            SourceFile file,
            char escape,
            String text,
            int[] segments,
            List<String> comments,
            List<Heredoc> heredocs,
            int lastLine) {
        this.file = file;
        this.escape = escape;
        this.text = text;
        this.segments = segments;
        this.comments = List.copyOf(comments);
        this.heredocs = List.copyOf(heredocs);
        this.location = new Location(segments[1], segments[2], lastLine);
    }

    /** From its first character to its last line, heredocs included. */
    public Location location() {
        return location;
    }

    /** The instruction as one line: continuation lines joined, comments and heredocs left out. */
    public String original() {
        return Spaces.trim(text);
    }

    /** The instruction's name as it was written. */
    public String keyword() {
        int start = Spaces.skip(text, 0);
        return text.substring(start, Spaces.wordEnd(text, start));
    }

    /** The comments right above it, without their {@code #}. */
    public List<String> comments() {
        return comments;
    }

    String text() {
        return text;
    }

    char escape() {
        return escape;
    }

    List<Heredoc> heredocs() {
        return heredocs;
    }

    /** The same, with heredocs that follow it. */
    Source with(List<Heredoc> added, int lastLine) {
        return new Source(file, escape, text, segments, comments, added, lastLine);
    }

    DockerfileException error(Word word, String problem) {
        return error(word.at(), word.text().length(), problem);
    }

    /**
     * Says where the word is that is wrong; of a word that is not found as it is, the instruction.
     */
    DockerfileException error(String word, String problem) {
        int at = word.isEmpty() ? -1 : find(word);
        return at < 0 ? error(problem) : error(at, word.length(), problem);
    }

    /** Where a word is: if possible, not as a part of another. */
    private int find(String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length())) {
            int end = at + word.length();
            boolean begins = at > 0 && isBetween(text.charAt(at - 1));
            if (begins && (end == text.length() || isBetween(text.charAt(end)))) return at;
        }
        return text.indexOf(word);
    }

    private static boolean isBetween(char c) {
        return Spaces.isSpace(c) || "=,<-\"'".indexOf(c) >= 0;
    }

    DockerfileException error(String problem) {
        return error(0, keyword().length(), problem);
    }

    DockerfileException error(int at, int length, String problem) {
        int low = 0;
        int high = segments.length / 3 - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (segments[middle * 3] <= at) low = middle;
            else high = middle - 1;
        }
        int line = segments[low * 3 + 1];
        int column = segments[low * 3 + 2] + at - segments[low * 3];
        return file.error(new Location(line, column, line), length, problem);
    }

    /** The location alone: a source is where something is, not what. */
    @Override
    public String toString() {
        return location.toString();
    }

    /** Joins lines. */
    static final class Builder {
        private final StringBuilder text = new StringBuilder();
        private int[] segments = new int[3];
        private int count;

        void add(String part, int line, int column) {
            if (count == segments.length) segments = Arrays.copyOf(segments, count * 2);
            segments[count++] = text.length();
            segments[count++] = line;
            segments[count++] = column;
            text.append(part);
        }

        Source build(SourceFile file, char escape, List<String> comments, int lastLine) {
            return new Source(
                    file,
                    escape,
                    text.toString(),
                    Arrays.copyOf(segments, count),
                    comments,
                    List.of(),
                    lastLine);
        }
    }
}
