package dev.rootbound.app;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Names and texts in turn; unlike in requests, what is empty or null is there. */
    static Json row(@Nullable String... namesAndTexts) {
        var row = new Json.Members();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            String text = namesAndTexts[i + 1];
            row.with(
                    String.valueOf(namesAndTexts[i]),
                    text == null ? new Json.Null() : new Json.Text(text));
        }
        return row;
    }

    /** One object a line; the keys are those of Docker's own CLI, for scripts that read either. */
    static void lines(List<Json> objects, Cli cli) {
        var text = new StringBuilder();
        for (Json object : objects) text.append(JsonWriter.write(object)).append('\n');
        cli.print(text.toString());
    }
}
