package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where {@code --output} of save and export leads: a file, or the standard output. */
final class ArchiveFile {
    private final String file;
    private final String command;

    private ArchiveFile(String file, String command) {
        this.file = file;
        this.command = command;
    }

    /** Refuses a terminal, before anything is asked of the engine. */
    static ArchiveFile of(String file, String command) {
        if (file.isEmpty() && LocalTerminal.is(1))
            throw new CliException(
                    1, "cowardly refusing to save to a terminal. Use the -o flag or redirect");
        return new ArchiveFile(file, command);
    }

    void write(InputStream archive, Cli cli) throws IOException {
        if (file.isEmpty()) {
            archive.transferTo(cli.out());
            cli.out().flush();
        } else {
            save(archive, Path.of(file).toAbsolutePath());
        }
    }

    /** All of it or nothing: what is cut short is never taken for an archive. */
    private void save(InputStream archive, Path target) throws IOException {
        if (Files.exists(target) && !Files.isRegularFile(target)) { // such as /dev/null or a FIFO
            try (var out = Files.newOutputStream(target)) {
                archive.transferTo(out);
            }
            return;
        }
        var part = Files.createTempFile(target.getParent(), "." + command + "-", "");
        try {
            Files.copy(archive, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
