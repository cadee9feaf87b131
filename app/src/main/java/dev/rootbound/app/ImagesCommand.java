package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rootbound images}. */
final class ImagesCommand implements Command {
    private static final String NONE = "<none>";

    @Override
    public Flags flags() {
        return new Flags("images [OPTIONS] [REPOSITORY[:TAG]]", "List images")
                .flag("all", 'a', "Show all images (default hides intermediate images)")
                .flag("digests", "Show digests")
                .value("filter", 'f', "filter", "Filter output based on conditions provided")
                .value("format", "string", "Only json: one object a line")
                .flag("no-trunc", "Don't truncate output")
                .flag("quiet", 'q', "Only show image IDs")
                .arguments(0, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Map<String, String> reference =
                arguments.rest().isEmpty()
                        ? Map.of()
                        : Map.of("reference", arguments.rest().getFirst());
        var target =
                Target.of("/images/json")
                        .query("all", arguments.is("all"))
                        .query("filters", Filters.json(arguments, reference));
        Format.refuseTemplates(arguments);
        List<Json> images = cli.engine().get(target).items();
        long now = cli.clock().instant().getEpochSecond();
        if (arguments.has("format")) Format.lines(rows(images, arguments, now), cli);
        else cli.print(table(images, arguments, now));
        return 0;
    }

    private static List<Json> rows(List<Json> images, Arguments arguments, long now) {
        var rows = new ArrayList<Json>();
        for (Json image : images)
            for (String name : names(image)) rows.add(row(image, name, arguments, now));
        return rows;
    }

    private static Json row(Json image, String name, Arguments arguments, long now) {
        int colon = name.lastIndexOf(':');
        long created = image.number("Created");
        long size = image.number("Size");
        return Format.row(
                "Containers", "N/A",
                "CreatedAt", Timestamps.display(created),
                "CreatedSince", Durations.human(now - created) + " ago",
                "Digest", digest(image, name.substring(0, colon)),
                "ID", id(image, arguments),
                "Repository", name.substring(0, colon),
                "SharedSize", "N/A",
                "Size", ByteSize.human(size),
                "Tag", name.substring(colon + 1),
                "UniqueSize", "N/A",
                "VirtualSize", ByteSize.human(size, 4));
    }

    static String table(List<Json> images, Arguments arguments, long now) {
        var titles = new ArrayList<>(List.of("REPOSITORY", "TAG"));
        if (arguments.is("digests")) titles.add("DIGEST");
        titles.addAll(List.of("IMAGE ID", "CREATED", "SIZE"));
        var table = new Table(titles);
        var ids = new StringBuilder();
        for (Json image : images) {
            for (String name : names(image)) {
                int colon = name.lastIndexOf(':');
                var row = new ArrayList<String>();
                row.add(name.substring(0, colon));
                row.add(name.substring(colon + 1));
                if (arguments.is("digests")) row.add(digest(image, name.substring(0, colon)));
                row.add(id(image, arguments));
                row.add(Durations.human(now - image.number("Created")) + " ago");
                row.add(ByteSize.human(image.number("Size")));
                table.add(row);
                ids.append(id(image, arguments)).append('\n');
            }
        }
        return arguments.is("quiet") ? ids.toString() : table.toString();
    }

    private static List<String> names(Json image) {
        List<String> names = image.texts("RepoTags");
        return names.isEmpty() ? List.of(NONE + ":" + NONE) : names;
    }

    private static String digest(Json image, String repository) {
        for (String digest : image.texts("RepoDigests"))
            if (digest.startsWith(repository + "@"))
                return digest.substring(repository.length() + 1);
        return NONE;
    }

    private static String id(Json image, Arguments arguments) {
        String id = image.text("Id");
        if (arguments.is("no-trunc")) return id;
        String digits = id.substring(id.indexOf(':') + 1);
        return digits.length() > 12 ? digits.substring(0, 12) : digits;
    }
}
