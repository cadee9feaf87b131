package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
        String file = arguments.text("output");
        if (file.isEmpty() && LocalTerminal.is(1))
            throw new CliException(
                    1, "cowardly refusing to save to a terminal. Use the -o flag or redirect");
        String name = arguments.rest().getFirst();
        var target = Target.of("/containers/", name, "/export");
        try (var answer = cli.engine().open("GET", target, null)) {
            if (!file.isEmpty()) save(answer.body(), Path.of(file).toAbsolutePath());
            else answer.body().transferTo(cli.out());
            cli.out().flush();
        }
        return 0;
    }

    /** All of it or nothing: what is cut short is never taken for an archive. */
    private static void save(InputStream tar, Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // such as /dev/null or a FIFO
            try (var out = Files.newOutputStream(file)) {
                tar.transferTo(out);
            }
            return;
        }
        var part = Files.createTempFile(file.getParent(), ".export-", "");
        try {
            Files.copy(tar, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
