package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** {@code rootbound stats}. */
final class StatsCommand implements Command {
    /** Between two pictures; each answer takes a second itself. */
    private static final long PAUSE_MILLISECONDS = 10;

    /** ECMA-48: cursor home, erase to the end. */
    private static final String HOME = "\033[H\033[J";

    @Override
    public Flags flags() {
        return new Flags(
                        "stats [OPTIONS] [CONTAINER...]",
                        "Display a live stream of container(s) resource usage statistics")
                .flag("all", 'a', "Show all containers (default shows just running)")
                .value("format", "string", "Only json: one object a line")
                .flag("no-stream", "Disable streaming stats and only pull the first result")
                .flag("no-trunc", "Do not truncate output");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        ApiClient engine = cli.engine();
        boolean refresh = !arguments.has("format") && LocalTerminal.is(1);
        for (boolean first = true; ; first = false) {
            List<StatsRow> rows = rows(engine, arguments, first);
            boolean once = arguments.is("no-stream");
            cli.print((refresh && !once ? HOME : "") + text(rows, arguments));
            boolean over = rows.isEmpty() && !arguments.rest().isEmpty();
            if (once || over) return 0;
            Thread.sleep(rows.isEmpty() ? 1000 : PAUSE_MILLISECONDS);
        }
    }

    private static String text(List<StatsRow> rows, Arguments arguments) {
        boolean whole = arguments.is("no-trunc");
        if (arguments.has("format")) {
            var lines = new StringBuilder();
            for (StatsRow row : rows) lines.append(JsonWriter.write(row.json(whole))).append('\n');
            return lines.toString();
        }
        var table = new Table(StatsRow.TITLES);
        for (StatsRow row : rows) table.add(row.cells(whole));
        return table.toString();
    }

    /** Those named, which must be there at first; else those that run. All are asked at once. */
    private static List<StatsRow> rows(ApiClient engine, Arguments arguments, boolean first)
            throws IOException, InterruptedException {
        boolean named = !arguments.rest().isEmpty();
        boolean strict = named && first;
        List<String> names = named ? arguments.rest() : listed(engine, arguments.is("all"));
        var rows = new ArrayList<StatsRow>();
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<StatsRow>> answers = new ArrayList<>();
            for (String name : names) {
                Callable<StatsRow> task = () -> row(engine, name);
                answers.add(tasks.submit(task));
            }
            for (Future<StatsRow> answer : answers) add(rows, answer, strict);
        }
        return rows;
    }

    private static List<String> listed(ApiClient engine, boolean all) throws IOException {
        var names = new ArrayList<String>();
        for (Json one : engine.get(Target.of("/containers/json").query("all", all)).items())
            names.add(one.text("Id"));
        return names;
    }

    private static StatsRow row(ApiClient engine, String name) throws IOException {
        var target = Target.of("/containers/", name, "/stats").query("stream", "false");
        return StatsRow.of(engine.get(target));
    }

    /** One that was listed and deleted since is left out. */
    private static void add(List<StatsRow> rows, Future<StatsRow> answer, boolean strict)
            throws IOException, InterruptedException {
        try {
            rows.add(answer.get());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ApiException refused when !strict && refused.isNotFound() -> {}
                case ApiException refused -> throw refused;
                case IOException failed -> throw new IOException(failed.getMessage(), failed);
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
