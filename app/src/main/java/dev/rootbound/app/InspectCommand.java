package dev.rootbound.app;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code rootbound inspect}, and those of its types. */
final class InspectCommand implements Command {
    private static final List<String> TYPES =
            List.of("", "container", "image", "network", "volume");

    private final String kind;

    /**
     * @param kind {@code image}, {@code container}, {@code network}, {@code volume}, or empty for
     *     all
     */
    InspectCommand(String kind) {
        this.kind = kind;
    }

    @Override
    public Flags flags() {
        String words = kind.isEmpty() ? "inspect" : kind + " inspect";
        var flags =
                new Flags(
                        words + " [OPTIONS] NAME|ID [NAME|ID...]",
                        "Show everything about containers, images, networks and volumes");
        flags.value("format", 'f', "string", "Only json: everything on one line")
                .flag("size", 's', "Display total file sizes if the type is container")
                .arguments(1, Integer.MAX_VALUE);
        return kind.isEmpty()
                ? flags.value("type", "string", "Only inspect objects of the given type")
                : flags;
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        String type = kind.isEmpty() ? arguments.text("type") : kind;
        if (!TYPES.contains(type))
            throw new CliException(
                    1,
                    "--type "
                            + type
                            + ": this release inspects containers, images, networks and"
                            + " volumes");
        ApiClient engine = cli.engine();
        List<String> objects = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        for (String name : arguments.rest()) {
            String object = find(engine, type, name, arguments.is("size"), complaints);
            if (object != null) objects.add(object.strip());
        }
        String all = "[" + String.join(",", objects) + "]";
        cli.println(arguments.has("format") ? all : JsonWriter.indent(all));
        for (String complaint : complaints) cli.complain(complaint);
        return complaints.isEmpty() ? 0 : 1;
    }

    /** Where objects are, in the order in which a name is looked for. */
    private static List<Target> places(String type, String name, boolean size) {
        var container = Target.of("/containers/", name, "/json").query("size", size);
        var image = Target.of("/images/", name, "/json");
        var network = Target.of("/networks/", name);
        var volume = Target.of("/volumes/", name);
        return switch (type) {
            case "container" -> List.of(container);
            case "image" -> List.of(image);
            case "network" -> List.of(network);
            case "volume" -> List.of(volume);
            default -> List.of(container, image, network, volume);
        };
    }

    private static @Nullable String find(
            ApiClient engine, String type, String name, boolean size, List<String> complaints)
            throws IOException {
        ApiException last = null;
        for (Target place : places(type, name, size)) {
            try {
                return text(engine, place);
            } catch (ApiException e) {
                last = e;
                if (!e.isNotFound()) break;
            }
        }
        boolean unknown = type.isEmpty() && last != null && last.isNotFound();
        complaints.add(
                unknown
                        ? "Error: No such object: " + name
                        : ExitCodes.sentence(requireNonNull(last)));
        return null;
    }

    /** As the engine wrote it, and valid. */
    private static String text(ApiClient engine, Target target) throws IOException {
        try (var answer = engine.open("GET", target, null)) {
            String text = answer.text();
            JsonReader.read(text);
            return text;
        }
    }
}
