package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

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
            for (var name : names(image, arguments.is("digests")))
                rows.add(row(image, name, arguments, now));
        return rows;
    }

    private static Json row(Json image, Name name, Arguments arguments, long now) {
        long created = image.number("Created");
        long size = image.number("Size");
        return Format.row(
                "Containers", "N/A",
                "CreatedAt", Timestamps.display(created),
                "CreatedSince", Durations.human(now - created) + " ago",
                "Digest", name.digest(),
                "ID", id(image, arguments),
                "Repository", name.repository(),
                "SharedSize", "N/A",
                "Size", ByteSize.human(size),
                "Tag", name.tag(),
                "UniqueSize", "N/A",
                "VirtualSize", ByteSize.human(size, 4));
    }

    static String table(List<Json> images, Arguments arguments, long now) {
        boolean digests = arguments.is("digests");
        var titles = new ArrayList<>(List.of("REPOSITORY", "TAG"));
        if (digests) titles.add("DIGEST");
        titles.addAll(List.of("IMAGE ID", "CREATED", "SIZE"));
        var table = new Table(titles);
        var ids = new StringBuilder();
        for (Json image : images) {
            for (var name : names(image, digests)) {
                var row = new ArrayList<>(List.of(name.repository(), name.tag()));
                if (digests) row.add(name.digest());
                row.add(id(image, arguments));
                row.add(Durations.human(now - image.number("Created")) + " ago");
                row.add(ByteSize.human(image.number("Size")));
                table.add(row);
                ids.append(id(image, arguments)).append('\n');
            }
        }
        return arguments.is("quiet") ? ids.toString() : table.toString();
    }

    /** What one line says of an image. */
    private record Name(String repository, String tag, String digest) {}

    /**
     * As Docker: a line a tag, with digests a line a tag and digest; then what has digests only.
     */
    private static List<Name> names(Json image, boolean digests) {
        var names = new ArrayList<Name>();
        var rest = new TreeMap<String, List<String>>();
        for (String text : image.texts("RepoDigests")) {
            int at = text.indexOf('@');
            rest.computeIfAbsent(text.substring(0, at), _ -> new ArrayList<>())
                    .add(text.substring(at + 1));
        }
        var tagged = new TreeSet<String>();
        for (String text : image.texts("RepoTags")) {
            int colon = text.lastIndexOf(':');
            String repository = text.substring(0, colon);
            tagged.add(repository);
            var of = digests ? rest.getOrDefault(repository, List.of(NONE)) : List.of(NONE);
            for (String digest : of)
                names.add(new Name(repository, text.substring(colon + 1), digest));
        }
        rest.keySet().removeAll(tagged);
        rest.forEach((repository, of) -> {
            for (String digest : digests ? of : List.of(NONE))
                names.add(new Name(repository, NONE, digest));
        });
        return names.isEmpty() ? List.of(new Name(NONE, NONE, NONE)) : names;
    }

    private static String id(Json image, Arguments arguments) {
        String id = image.text("Id");
        if (arguments.is("no-trunc")) return id;
        String digits = id.substring(id.indexOf(':') + 1);
        return digits.length() > 12 ? digits.substring(0, 12) : digits;
    }
}
