package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound export}. */
final class ExportCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "export [OPTIONS] CONTAINER",
                        "Export a container's filesystem as a tar archive")
                .value("output", 'o', "string", "Write to a file, instead of STDOUT")
                .arguments(1, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var archive = ArchiveFile.of(arguments.text("output"), "export");
        var target = Target.of("/containers/", arguments.rest().getFirst(), "/export");
        try (var answer = cli.engine().open("GET", target, null)) {
            archive.write(answer.body(), cli);
        }
        return 0;
    }
}
