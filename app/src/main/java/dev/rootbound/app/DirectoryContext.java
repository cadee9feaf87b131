package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.dockerfile.DockerfileException;
import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.rootfs.HostArchive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The files of a directory as a build's context, without what its ignore file keeps out. */
final class DirectoryContext {
    private static final int PIECE = 256 << 10;
    private static final String IGNORE = ".dockerignore";

    private final Path directory;

    /**
     * @param directory without links
     */
    DirectoryContext(Path directory) {
        this.directory = directory;
    }

    /**
     * With a Dockerfile on disk, in the directory or elsewhere.
     *
     * @param named {@code null}: the directory's own
     */
    BuildContext with(@Nullable Path named) throws IOException {
        var file = located(named == null ? own() : named);
        String text = read(file);
        var specific = file.resolveSibling(file.getFileName() + IGNORE);
        var rules = Files.exists(specific) ? specific : directory.resolve(IGNORE);
        String rulesText = readIfThere(rules);
        boolean inside =
                file.startsWith(directory) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        if (!inside) return added(text, file.toString(), rulesText, rules.toString());
        String name = directory.relativize(file).toString();
        var needed = List.of(name, name + IGNORE, IGNORE);
        return context(name, name, text, ignore(rules.toString(), rulesText), needed, Map.of());
    }

    /**
     * With a Dockerfile that is no file.
     *
     * @param name how messages call it
     */
    BuildContext with(String text, String name) throws IOException {
        var rules = directory.resolve(IGNORE);
        return added(text, name, readIfThere(rules), rules.toString());
    }

    /** Without a Dockerfile. */
    BuildContext files() throws IOException {
        var rules = directory.resolve(IGNORE);
        var ignore = ignore(rules.toString(), readIfThere(rules));
        return context("", directory.toString(), "", ignore, List.of(IGNORE), Map.of());
    }

    /** No files but a Dockerfile. */
    static BuildContext alone(String text, String name) {
        var added = Added.of(text, "");
        return new BuildContext(
                added.name, name, text, Ignore.NONE, out -> writeAlone(added, out), () -> {});
    }

    private static void writeAlone(Added added, OutputStream out) throws IOException {
        var empty = Files.createTempDirectory("rootbound-build-");
        try {
            HostArchive.writeContext(
                    empty, ContextChoice.of(Ignore.NONE, List.of()), added.files(), out);
        } finally {
            Files.delete(empty);
        }
    }

    /** Docker also takes {@code dockerfile}. */
    private Path own() {
        var file = directory.resolve("Dockerfile");
        var lower = directory.resolve("dockerfile");
        return !Files.exists(file) && Files.exists(lower) ? lower : file;
    }

    /** The links on the way to it are followed; it can itself be one. */
    private static Path located(Path file) throws IOException {
        try {
            var parent = file.getParent();
            return parent == null
                    ? file
                    : parent.toRealPath().resolve(String.valueOf(file.getFileName()));
        } catch (NoSuchFileException e) {
            throw missing(file);
        }
    }

    private static String readIfThere(Path file) throws IOException {
        return Files.exists(file) ? read(file) : "";
    }

    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new CliException(1, "no permission to read " + file);
        } catch (IOException e) {
            if (Files.isDirectory(file))
                throw new CliException(1, "the Dockerfile (" + file + ") is a directory");
            throw e;
        }
    }

    private static CliException missing(Path file) {
        return new CliException(
                1,
                "failed to read dockerfile: open "
                        + file
                        + ": no such file or directory; -f names another");
    }

    private static Ignore ignore(String name, String text) {
        try {
            return Ignore.parse(name, text);
        } catch (DockerfileException e) {
            throw new CliException(1, String.valueOf(e.getMessage()));
        }
    }

    /**
     * A Dockerfile that is not in the context, under a name that nobody has; with it the ignore
     * file that holds here, which keeps both out of what can be copied.
     */
    private record Added(String name, String text, String rules) {
        static Added of(String text, String rules) {
            String name = ".dockerfile." + UUID.randomUUID();
            return new Added(name, text, rules + "\n" + name + "\n" + name + IGNORE + "\n");
        }

        Map<String, byte[]> files() {
            return Map.of(name, text.getBytes(UTF_8), name + IGNORE, rules.getBytes(UTF_8));
        }
    }

    private BuildContext added(String text, String name, String rules, String rulesName) {
        var added = Added.of(text, rules);
        return context(added.name, name, text, ignore(rulesName, rules), List.of(), added.files());
    }

    private BuildContext context(
            String dockerfile,
            String name,
            String text,
            Ignore ignore,
            List<String> needed,
            Map<String, byte[]> added) {
        return new BuildContext(
                dockerfile,
                name,
                text,
                ignore,
                out -> {
                    var buffered = new BufferedOutputStream(out, PIECE);
                    var choice = ContextChoice.of(ignore, needed);
                    HostArchive.writeContext(directory, choice, added, buffered);
                    buffered.flush();
                },
                () -> {});
    }
}
