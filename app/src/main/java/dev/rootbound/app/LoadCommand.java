package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** {@code rootbound load}. */
final class LoadCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("load [OPTIONS]", "Load an image from a tar archive or STDIN")
                .value("input", 'i', "string", "Read from tar archive file, instead of STDIN")
                .flag("quiet", 'q', "Suppress the load output")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String file = arguments.text("input");
        if (file.isEmpty() && LocalTerminal.is(0))
            throw new CliException(1, "requested load from stdin, but stdin is empty");
        try (var archive = file.isEmpty() ? cli.in() : open(file)) {
            var target = Target.of("/images/load").query("quiet", arguments.is("quiet"));
            try (var answer = cli.engine().upload(target, archive)) {
                new MessageStream(cli.out(), LocalTerminal.is(1), false).print(answer.body());
            }
        }
        return 0;
    }

    static InputStream open(String file) throws IOException {
        try {
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new CliException(1, "open " + file + ": no such file or directory");
        }
    }
}
