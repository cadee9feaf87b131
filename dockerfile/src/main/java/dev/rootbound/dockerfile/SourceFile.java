package dev.rootbound.dockerfile;

import java.util.Arrays;

/** The lines of a file, as they are, and how a user is shown what is wrong in one of them. */
final class SourceFile {
    /** What is shown of a line that is longer: around its mark. */
    private static final int SHOWN = 120;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final String name;
    private final String text;
    private final int[] starts;
    private final int lines;

    SourceFile(String name, String text) {
        this.name = name;
        this.text = text.isEmpty() || text.charAt(0) != BYTE_ORDER_MARK ? text : text.substring(1);
        var found = new int[64];
        int count = 0;
        for (int start = 0; start < this.text.length(); ) {
            if (count == found.length) found = Arrays.copyOf(found, count * 2);
            found[count++] = start;
            int end = this.text.indexOf('\n', start);
            start = end < 0 ? this.text.length() : end + 1;
        }
        starts = found;
        lines = count;
    }

    int lines() {
        return lines;
    }

    /** A line with what ends it. */
    String withEnd(int line) {
        return text.substring(starts[line], end(line));
    }

    /** A line without what ends it. */
    String line(int line) {
        int end = end(line);
        while (end > starts[line] && isLineEnd(text.charAt(end - 1))) end--;
        return text.substring(starts[line], end);
    }

    private int end(int line) {
        return line + 1 < lines ? starts[line + 1] : text.length();
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    /** {@code length} is that of what is marked, in the location's first line. */
    DockerfileException error(Location location, int length, String problem) {
        var message = new StringBuilder(name);
        message.append(':').append(location).append(": ").append(problem);
        int index = location.line() - 1;
        if (index < lines) show(message, line(index), location, length);
        return new DockerfileException(message.toString(), location, problem);
    }

    private static void show(StringBuilder message, String line, Location at, int length) {
        int mark = Math.min(at.column() - 1, line.length());
        int from = mark < SHOWN ? 0 : mark - SHOWN / 2;
        int to = Math.min(line.length(), from + SHOWN);
        var number = " " + at.line() + " | ";
        message.append('\n').append(number);
        for (int i = from; i < to; i++) message.append(printable(line.charAt(i)));
        message.append('\n').append(" ".repeat(number.length() - 2)).append("| ");
        for (int i = from; i < mark; i++) message.append(line.charAt(i) == '\t' ? '\t' : ' ');
        message.append("^".repeat(Math.max(1, Math.min(length, to - mark))));
    }

    /** A terminal must not take what a Dockerfile has for its own commands. */
    private static char printable(char c) {
        return c != '\t' && Character.isISOControl(c) ? '\u00b7' : c;
    }
}
