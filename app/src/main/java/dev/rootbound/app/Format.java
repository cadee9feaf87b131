package dev.rootbound.app;

import java.util.List;

/** {@code --format}: this release prints JSON, not yet Go templates. */
final class Format {
    private Format() {}

    static void refuseTemplates(Arguments arguments) {
        String format = arguments.last("format");
        if (format == null || format.equals("json")) return;
        throw new CliException(
                1,
                "--format "
                        + format
                        + ": this release understands `json` only; Go templates come in a later"
                        + " one");
    }

    /** One object a line. */
    static void lines(List<Json> objects, Cli cli) {
        var text = new StringBuilder();
        for (Json object : objects) text.append(JsonWriter.write(object)).append('\n');
        cli.print(text.toString());
    }
}
