package dev.rootbound.app;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** {@code rootbound builder du}. */
final class BuilderUsageCommand implements Command {
    private static final int SHORT_ID = 25;
    private static final int DIGITS = 4;

    @Override
    public Flags flags() {
        return new Flags("builder du [OPTIONS]", "Show the disk usage of the build cache")
                .value("format", "string", "Only json: one object a line")
                .flag("verbose", "Provide a more verbose output")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target = Target.of("/system/df").query("type", "build-cache");
        var entries = cli.engine().get(target).get("BuildCache").items();
        long now = cli.clock().instant().getEpochSecond();
        if (arguments.has("format")) Format.lines(entries, cli);
        else cli.print(arguments.is("verbose") ? details(entries, now) : table(entries, now));
        return 0;
    }

    private static String table(List<Json> entries, long now) {
        var table = new Table(List.of("ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED"));
        for (Json entry : entries)
            table.add(
                    List.of(
                            shortId(entry) + (entry.bool("InUse") ? "" : "*"),
                            Boolean.toString(!entry.bool("InUse")),
                            size(entry.number("Size")) + (entry.bool("Shared") ? "*" : ""),
                            since(entry.text("LastUsedAt"), now)));
        return table + totals(entries);
    }

    private static String details(List<Json> entries, long now) {
        var text = new StringBuilder();
        for (Json entry : entries) {
            text.append("ID:           ").append(entry.text("ID")).append('\n');
            text.append("Created:      ").append(since(entry.text("CreatedAt"), now));
            text.append("\nReclaimable:  ").append(!entry.bool("InUse"));
            text.append("\nShared:       ").append(entry.bool("Shared"));
            text.append("\nSize:         ").append(size(entry.number("Size")));
            text.append("\nDescription:  ").append(entry.text("Description"));
            text.append("\nUsage count:  ").append(entry.number("UsageCount"));
            text.append("\nLast used:    ").append(since(entry.text("LastUsedAt"), now));
            text.append("\nType:         ").append(entry.text("Type")).append("\n\n");
        }
        return text + totals(entries);
    }

    private static String totals(List<Json> entries) {
        long total = 0;
        long shared = 0;
        long reclaimable = 0;
        for (Json entry : entries) {
            total += entry.number("Size");
            if (entry.bool("Shared")) shared += entry.number("Size");
            if (!entry.bool("InUse")) reclaimable += entry.number("Size");
        }
        var text = new StringBuilder();
        if (shared > 0) {
            text.append("Shared:\t\t").append(size(shared)).append('\n');
            text.append("Private:\t").append(size(total - shared)).append('\n');
        }
        return text.append("Reclaimable:\t").append(size(reclaimable))
                + "\nTotal:\t\t"
                + size(total)
                + "\n";
    }

    static String shortId(Json entry) {
        String id = entry.text("ID");
        return id.length() > SHORT_ID ? id.substring(0, SHORT_ID) : id;
    }

    private static String size(long bytes) {
        return ByteSize.human(bytes, DIGITS);
    }

    /** Of a point in time as the API has it. */
    static String since(String time, long now) {
        try {
            return Durations.human(now - Instant.parse(time).getEpochSecond()) + " ago";
        } catch (DateTimeParseException e) {
            return "";
        }
    }
}
