package dev.rootbound.app;

import java.util.Arrays;
import java.util.List;

/** All 2^32 ids in sixteen lines of 64 characters, each of which stands for 4 194 304. */
final class IdDrawing {
    private static final int LINES = 16;
    private static final int COLUMNS = 64;
    private static final long CELL = (1L << 32) / (LINES * COLUMNS);

    /** What is drawn over what: later ones are smaller. */
    private static final List<String> KINDS =
            List.of("reserved", "subordinate", "host", "pool", "store", "lease");

    private static final char NOBODYS = '.';
    private static final String LETTERS = "rsHpSL";

    private IdDrawing() {}

    /** With a legend of what it shows. */
    static String of(List<Json> ranges) {
        char[] cells = new char[LINES * COLUMNS];
        Arrays.fill(cells, NOBODYS);
        for (String kind : KINDS)
            for (Json range : ranges) if (range.text("Kind").equals(kind)) draw(range, kind, cells);
        var text = new StringBuilder();
        for (int line = 0; line < LINES; line++) {
            text.append("%10d ".formatted((long) line * COLUMNS * CELL));
            text.append(cells, line * COLUMNS, COLUMNS).append('\n');
        }
        return text.append(legend(cells)).toString();
    }

    private static void draw(Json range, String kind, char[] cells) {
        long first = range.number("First");
        int from = (int) (first / CELL);
        int to = (int) ((first + range.number("Ids") - 1) / CELL);
        Arrays.fill(cells, from, to + 1, LETTERS.charAt(KINDS.indexOf(kind)));
    }

    private static String legend(char[] cells) {
        var text = new StringBuilder();
        String seen = new String(cells);
        for (int i = KINDS.size() - 1; i >= 0; i--)
            if (seen.indexOf(LETTERS.charAt(i)) >= 0)
                text.append(LETTERS.charAt(i)).append(' ').append(KINDS.get(i)).append("  ");
        return text.append(NOBODYS)
                .append(" nobody's; each character is ")
                .append(CELL)
                .append(" ids\n")
                .toString();
    }
}
