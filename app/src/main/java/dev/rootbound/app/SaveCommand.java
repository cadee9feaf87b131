package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound save}. */
final class SaveCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "save [OPTIONS] IMAGE [IMAGE...]",
                        "Save one or more images to a tar archive (streamed to STDOUT by default)")
                .value("output", 'o', "string", "Write to a file, instead of STDOUT")
                .value("platform", "string", "Save only the given platform variant")
                .arguments(1, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var archive = ArchiveFile.of(arguments.text("output"), "save");
        var target = Target.of("/images/get");
        for (String name : arguments.rest()) target.query("names", name);
        target.query("platform", arguments.text("platform"));
        try (var answer = cli.engine().open("GET", target, null)) {
            archive.write(answer.body(), cli);
        }
        return 0;
    }
}
