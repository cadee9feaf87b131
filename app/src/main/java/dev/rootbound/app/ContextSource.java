package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.build.GitRepository;
import dev.rootbound.image.Compression;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds a build's context where the command line says: a directory, {@code -}, a URL. */
final class ContextSource {
    /** As the engine reads it. */
    private static final int LARGEST_DOCKERFILE = 4 << 20;

    private static final int BLOCK = 512;
    private static final int BUFFER = 256 << 10;

    private final Cli cli;

    /** {@code -f}; empty: none is named. */
    private final String file;

    ContextSource(Cli cli, String file) {
        this.cli = cli;
        this.file = file;
    }

    BuildContext open(String argument) throws IOException, InterruptedException {
        if (argument.equals("-")) return standardInput();
        if (Files.isDirectory(Path.of(argument))) return directory(Path.of(argument), ownFile());
        var repository = GitRepository.parse(argument);
        if (repository != null) return of(repository.checkOut(), this::checkedOut);
        if (argument.startsWith("http://") || argument.startsWith("https://"))
            return fetched(argument);
        throw new CliException(1, "unable to prepare context: path \"" + argument + "\" not found");
    }

    /** A context besides the first: it needs no Dockerfile. */
    static BuildContext named(String where) throws IOException, InterruptedException {
        if (Files.isDirectory(Path.of(where)))
            return new DirectoryContext(Path.of(where).toRealPath()).files();
        var repository = GitRepository.parse(where);
        if (repository != null) {
            return of(
                    repository.checkOut(),
                    clone -> new DirectoryContext(clone.directory()).files());
        }
        if (where.startsWith("http://") || where.startsWith("https://")) {
            return of(Download.open(where), download -> archive(where, download));
        }
        throw new CliException(
                1,
                "unable to prepare context: path \""
                        + where
                        + "\" not found; an image is docker-image://NAME");
    }

    /** How a context is made of what it needs for as long as it is there. */
    private interface Making<T> {
        BuildContext of(T needed) throws IOException;
    }

    private static <T extends Closeable> BuildContext of(T needed, Making<T> making)
            throws IOException {
        try {
            return making.of(needed).releasing(needed);
        } catch (IOException | RuntimeException e) {
            needed.close();
            throw e;
        }
    }

    private static BuildContext archive(String url, Download download) throws IOException {
        var in = new BufferedInputStream(download, BUFFER);
        if (!isArchive(start(in))) throw new CliException(1, url + " is no tar");
        return sent("", in);
    }

    private static byte[] start(BufferedInputStream in) throws IOException {
        in.mark(BLOCK);
        byte[] start = in.readNBytes(BLOCK);
        in.reset();
        return start;
    }

    /** A tar as it comes. */
    private static BuildContext sent(String dockerfile, InputStream tar) {
        return new BuildContext(
                dockerfile,
                dockerfile,
                null,
                dev.rootbound.dockerfile.Ignore.NONE,
                out -> ApiClient.copy(tar, out),
                () -> {});
    }

    private BuildContext standardInput() throws IOException {
        if (file.equals("-"))
            throw new CliException(
                    1, "invalid argument: can't use stdin for both build context and dockerfile");
        if (LocalTerminal.is(0))
            throw new CliException(
                    1, "the context is read from stdin, which is a terminal: redirect it");
        return stream("stdin", cli.in());
    }

    /** {@code -f} is relative to where this program runs. */
    private @Nullable Path ownFile() {
        return file.isEmpty() || file.equals("-") ? null : Path.of(file).toAbsolutePath();
    }

    private BuildContext directory(Path directory, @Nullable Path named) throws IOException {
        var context = new DirectoryContext(directory.toRealPath());
        if (file.equals("-")) return context.with(text(cli.in()), "stdin");
        return context.with(named);
    }

    /** {@code -f} is relative to the directory in the repository. */
    private BuildContext checkedOut(GitRepository.Clone clone) throws IOException {
        var named = clone.directory().resolve(file.isEmpty() ? "Dockerfile" : file);
        if (Files.exists(named) && !named.toRealPath().startsWith(clone.root()))
            throw new CliException(1, named + " leads out of the repository");
        return directory(clone.directory(), file.isEmpty() ? null : named);
    }

    private BuildContext fetched(String url) throws IOException, InterruptedException {
        if (file.equals("-"))
            throw new CliException(
                    1,
                    "-f - goes with a directory or a git repository; what "
                            + url
                            + " names has its own Dockerfile");
        return of(Download.open(url), download -> stream(url, download));
    }

    /** A tar, or the text of a Dockerfile that copies nothing. */
    private BuildContext stream(String name, InputStream from) throws IOException {
        var in = new BufferedInputStream(from, BUFFER);
        byte[] start = start(in);
        if (start.length == 0) throw new CliException(1, "the context from " + name + " is empty");
        if (!isArchive(start)) {
            if (!file.isEmpty())
                throw new CliException(
                        1,
                        "the context from " + name + " is no tar, in which -f could name a file");
            return DirectoryContext.alone(text(in), name);
        }
        return sent(file.isEmpty() ? "Dockerfile" : new CopyPath(file).clean(), in);
    }

    private static String text(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST_DOCKERFILE + 1);
        if (bytes.length > LARGEST_DOCKERFILE)
            throw new CliException(1, "a Dockerfile has at most 4 MiB");
        return new String(bytes, UTF_8);
    }

    /** By what it begins with: a compression, or a tar header whose checksum is right. */
    static boolean isArchive(byte[] start) {
        if (Compression.of(start) != Compression.NONE) return true;
        if (start.length < BLOCK) return false;
        int sum = 8 * ' '; // the checksum counts as spaces
        boolean empty = true;
        for (int i = 0; i < BLOCK; i++) {
            if (i < 148 || i >= 156) sum += start[i] & 0xff;
            empty &= start[i] == 0;
        }
        if (empty) return true; // an archive's end
        String field = new String(start, 148, 8, java.nio.charset.StandardCharsets.ISO_8859_1);
        try {
            return Integer.parseInt(field.replace('\0', ' ').strip(), 8) == sum;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
