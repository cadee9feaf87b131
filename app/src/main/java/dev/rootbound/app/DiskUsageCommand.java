package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound system df}. */
final class DiskUsageCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("system df [OPTIONS]", "Show disk usage")
                .value("format", "string", "Only json: one object a line")
                .flag("verbose", 'v', "Show detailed information on space usage")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        Json usage = cli.engine().get(Target.of("/system/df"));
        if (arguments.has("format") && arguments.is("verbose"))
            cli.println(JsonWriter.write(usage));
        else if (arguments.has("format")) Format.lines(lines(usage), cli);
        else if (arguments.is("verbose"))
            cli.print(DiskUsageDetails.text(usage, cli.clock().instant().getEpochSecond()));
        else cli.print(table(usage));
        return 0;
    }

    /** One kind of object. */
    private record Line(String type, int total, int active, long size, long reclaimable) {
        /** Docker gives no percentage for the build cache, nor of nothing. */
        String reclaimableText() {
            String text = ByteSize.human(reclaimable, 4);
            boolean percent = size > 0 && !type.equals("Build Cache");
            return percent ? text + " (" + reclaimable * 100 / size + "%)" : text;
        }

        List<String> cells() {
            return List.of(
                    type, "" + total, "" + active, ByteSize.human(size, 4), reclaimableText());
        }

        Json json() {
            return Format.row(
                    "Active",
                    "" + active,
                    "Reclaimable",
                    reclaimableText(),
                    "Size",
                    ByteSize.human(size, 4),
                    "TotalCount",
                    "" + total,
                    "Type",
                    type);
        }
    }

    static String table(Json usage) {
        var table = new Table(List.of("TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"));
        for (var line : all(usage)) table.add(line.cells());
        return table.toString();
    }

    private static List<Json> lines(Json usage) {
        return all(usage).stream().map(Line::json).toList();
    }

    private static List<Line> all(Json usage) {
        return List.of(
                images(usage),
                containers(usage.get("Containers").items()),
                volumes(usage.get("Volumes").items()),
                cache(usage.get("BuildCache").items()));
    }

    /** What an image alone has counts as used if a container has the image. */
    private static Line images(Json usage) {
        var images = usage.get("Images").items();
        int active = 0;
        long used = 0;
        for (Json image : images) {
            if (image.number("Containers") > 0) {
                active++;
                used += image.number("Size") - Math.max(0, image.number("SharedSize"));
            }
        }
        long size = usage.number("LayersSize");
        return new Line("Images", images.size(), active, size, size - used);
    }

    private static Line containers(List<Json> containers) {
        int active = 0;
        long size = 0;
        long reclaimable = 0;
        for (Json container : containers) {
            boolean runs =
                    List.of("running", "paused", "restarting").contains(container.text("State"));
            active += runs ? 1 : 0;
            size += container.number("SizeRw");
            reclaimable += runs ? 0 : container.number("SizeRw");
        }
        return new Line("Containers", containers.size(), active, size, reclaimable);
    }

    private static Line volumes(List<Json> volumes) {
        int active = 0;
        long size = 0;
        long reclaimable = 0;
        for (Json volume : volumes) {
            Json use = volume.get("UsageData");
            boolean used = use.number("RefCount") > 0;
            active += used ? 1 : 0;
            size += Math.max(0, use.number("Size"));
            reclaimable += used ? 0 : Math.max(0, use.number("Size"));
        }
        return new Line("Local Volumes", volumes.size(), active, size, reclaimable);
    }

    private static Line cache(List<Json> entries) {
        var used = new ArrayList<Json>();
        long size = 0;
        long reclaimable = 0;
        for (Json entry : entries) {
            if (entry.bool("InUse")) used.add(entry);
            else reclaimable += entry.number("Size");
            size += entry.number("Size");
        }
        return new Line("Build Cache", entries.size(), used.size(), size, reclaimable);
    }
}
