package dev.rootbound.app;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound history}. */
final class HistoryCommand implements Command {
    private static final int SHORT = 45;
    private static final int SHORT_ID = 12;

    @Override
    public Flags flags() {
        return new Flags("history [OPTIONS] IMAGE", "Show the history of an image")
                .value("format", "string", "Only json: one object a line")
                .flag("human", 'H', "Print sizes and dates in human readable format (default true)")
                .flag("no-trunc", "Don't truncate output")
                .value("platform", "string", "Show history for the given platform")
                .flag("quiet", 'q', "Only show image IDs")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target =
                Target.of("/images/", arguments.rest().getFirst(), "/history")
                        .query("platform", arguments.text("platform"));
        var steps = new ArrayList<Step>();
        boolean human = !arguments.has("human") || arguments.is("human");
        long now = cli.clock().instant().getEpochSecond();
        for (Json step : cli.engine().get(target).items())
            steps.add(Step.of(step, arguments.is("no-trunc"), human, now));
        if (arguments.is("quiet")) for (var step : steps) cli.println(step.id());
        else if (arguments.has("format"))
            Format.lines(steps.stream().map(Step::json).toList(), cli);
        else cli.print(table(steps));
        return 0;
    }

    private static String table(List<Step> steps) {
        var table = new Table(List.of("IMAGE", "CREATED", "CREATED BY", "SIZE", "COMMENT"));
        for (var step : steps)
            table.add(
                    List.of(
                            step.id(),
                            step.human() ? step.since() : step.at(),
                            step.by(),
                            step.size(),
                            step.comment()));
        return table.toString();
    }

    /** A line. */
    private record Step(
            String id,
            String at,
            String since,
            String by,
            String size,
            String comment,
            boolean human) {
        static Step of(Json step, boolean whole, boolean human, long now) {
            String id = step.text("Id");
            String digits = id.substring(id.indexOf(':') + 1);
            long created = step.number("Created");
            String by = step.text("CreatedBy").replace('\t', ' ');
            return new Step(
                    whole || digits.length() <= SHORT_ID ? id : digits.substring(0, SHORT_ID),
                    Instant.ofEpochSecond(created).toString(),
                    created <= 0 ? "N/A" : Durations.human(now - created) + " ago",
                    whole ? by : shortened(by),
                    human ? ByteSize.human(step.number("Size")) : step.number("Size") + "",
                    step.text("Comment"),
                    human);
        }

        private static String shortened(String text) {
            return text.length() <= SHORT ? text : text.substring(0, SHORT - 1) + "…";
        }

        Json json() {
            return Format.row(
                    "Comment", comment,
                    "CreatedAt", at,
                    "CreatedBy", by,
                    "CreatedSince", since,
                    "ID", id,
                    "Size", size);
        }
    }
}
