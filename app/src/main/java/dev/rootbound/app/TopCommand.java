package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound top}. */
final class TopCommand implements Command {
    private static final int LEAST = 20;
    private static final int APART = 3;

    @Override
    public Flags flags() {
        return new Flags(
                        "top CONTAINER [ps OPTIONS]",
                        "Display the running processes of a container")
                .arguments(1, Integer.MAX_VALUE)
                .stopAtArgument();
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        List<String> words = arguments.rest();
        var target =
                Target.of("/containers/", words.getFirst(), "/top")
                        .query("ps_args", String.join(" ", words.subList(1, words.size())));
        Json table = cli.engine().get(target);
        var rows = new ArrayList<List<String>>();
        rows.add(table.texts("Titles"));
        for (Json row : table.get("Processes").items())
            rows.add(new Json.Members().with("row", row).texts("row"));
        cli.print(text(rows));
        return 0;
    }

    /** As Docker: every column at least twenty wide, the last as long as it is. */
    static String text(List<List<String>> rows) {
        var text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                text.append(cell);
                if (i < row.size() - 1) text.repeat(' ', width(rows, i) - cell.length());
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        int width = LEAST;
        for (List<String> row : rows)
            if (column < row.size()) width = Math.max(width, row.get(column).length() + APART);
        return width;
    }
}
