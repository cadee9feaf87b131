package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code rootbound inspect}, {@code rootbound image inspect}, {@code rootbound container inspect}.
 */
final class InspectCommand implements Command {
    private final String kind;

    /**
     * @param kind {@code image}, {@code container}, or empty for both
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
                        "Show everything about containers and images");
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
        if (!type.isEmpty() && !type.equals("image") && !type.equals("container"))
            throw new CliException(
                    1,
                    "--type "
                            + type
                            + ": this release inspects objects of type container and image");
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

    private static @Nullable String find(
            ApiClient engine, String type, String name, boolean size, List<String> complaints)
            throws IOException {
        try {
            if (!type.equals("image"))
                return text(engine, Target.of("/containers/", name, "/json").query("size", size));
        } catch (ApiException e) {
            if (!e.isNotFound() || type.equals("container")) {
                complaints.add(ExitCodes.sentence(e));
                return null;
            }
        }
        try {
            return text(engine, Target.of("/images/", name, "/json"));
        } catch (ApiException e) {
            boolean unknown = e.isNotFound() && type.isEmpty();
            complaints.add(unknown ? "Error: No such object: " + name : ExitCodes.sentence(e));
            return null;
        }
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
