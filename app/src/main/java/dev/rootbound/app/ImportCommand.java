package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound import}. */
final class ImportCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "import [OPTIONS] file|- [REPOSITORY[:TAG]]",
                        "Import the contents from a tarball to create a filesystem image")
                .value("change", 'c', "list", "Apply Dockerfile instruction to the created image")
                .value("message", 'm', "string", "Set commit message for imported image")
                .value("platform", "string", "Set platform of the image")
                .arguments(1, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String file = arguments.rest().getFirst();
        String name = arguments.rest().size() > 1 ? arguments.rest().get(1) : "";
        if (file.startsWith("http://") || file.startsWith("https://"))
            throw new CliException(
                    1, "import " + file + ": fetch it first, and import the file or `-`");
        var target =
                Target.of("/images/create")
                        .query("fromSrc", "-")
                        .query("repo", name)
                        .query("message", arguments.text("message"))
                        .query("platform", arguments.text("platform"));
        for (String change : arguments.all("change")) target.query("changes", change);
        try (var tar = file.equals("-") ? cli.in() : LoadCommand.open(file);
                var answer = cli.engine().upload(target, tar)) {
            new MessageStream(cli.out(), LocalTerminal.is(1), false).print(answer.body());
        }
        return 0;
    }
}
