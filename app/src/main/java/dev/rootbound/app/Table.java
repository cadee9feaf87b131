package dev.rootbound.app;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns as Docker prints them: at least ten wide, three apart. */
final class Table {
    private static final int LEAST = 10;
    private static final int APART = 3;

    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> titles) {
        rows.add(titles);
    }

    void add(List<String> row) {
        rows.add(row);
    }

    @Override
    public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (var row : rows)
            for (int i = 0; i < columns; i++)
                widths[i] = Math.max(widths[i], Math.max(LEAST, width(row.get(i)) + APART));
        var text = new StringBuilder();
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                text.append(row.get(i));
                if (i < columns - 1) text.repeat(' ', widths[i] - width(row.get(i)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
