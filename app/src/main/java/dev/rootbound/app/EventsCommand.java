package dev.rootbound.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.TreeMap;

/** {@code rootbound events}. */
final class EventsCommand implements Command {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX", Locale.ROOT);

    @Override
    public Flags flags() {
        return new Flags("events [OPTIONS]", "Get real time events from the engine")
                .value("filter", 'f', "filter", "Filter output based on conditions provided")
                .value("format", "string", "Only json: one object a line")
                .value("since", "string", "Show all events created since timestamp")
                .value("until", "string", "Stream events until this timestamp")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        boolean json = arguments.has("format");
        var target =
                Target.of("/events")
                        .query("since", LogsCommand.time(arguments, "since", cli))
                        .query("until", LogsCommand.time(arguments, "until", cli))
                        .query("filters", Filters.json(arguments));
        try (var answer = cli.engine().open("GET", target, null);
                var lines =
                        new BufferedReader(
                                new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine())
                cli.println(json ? line : text(JsonReader.read(line), ZoneId.systemDefault()));
        }
        return 0;
    }

    /** {@code TIME TYPE ACTION ID (NAME=VALUE, …)}. */
    static String text(Json event, ZoneId zone) {
        long nanos = event.number("timeNano");
        var time = Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
        Json actor = event.get("Actor");
        var attributes = new ArrayList<String>();
        if (actor.get("Attributes") instanceof Json.Members members)
            for (String name : new TreeMap<>(members.map()).keySet())
                attributes.add(name + "=" + members.text(name));
        return TIME.format(time.atZone(zone))
                + " "
                + event.text("Type")
                + " "
                + event.text("Action")
                + " "
                + actor.text("ID")
                + (attributes.isEmpty() ? "" : " (" + String.join(", ", attributes) + ")");
    }
}
