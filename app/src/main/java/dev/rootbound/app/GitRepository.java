package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A git repository as a build's context, {@code URL#REF:DIRECTORY}; git(1) fetches it.
 *
 * @param reference a branch, tag or commit; empty: the repository's HEAD
 * @param directory in it; empty: its root
 */
record GitRepository(String url, String reference, String directory) {
    private static final Pattern HTTP = Pattern.compile("https?://.*\\.git(#.*)?");
    private static final List<String> PREFIXES = List.of("git://", "git@", "ssh://", "github.com/");

    /** {@code null}: this names none. */
    static @Nullable GitRepository parse(String text) {
        boolean isOne =
                HTTP.matcher(text).matches() || PREFIXES.stream().anyMatch(text::startsWith);
        if (!isOne) return null;
        int hash = text.indexOf('#');
        String url = hash < 0 ? text : text.substring(0, hash);
        String rest = hash < 0 ? "" : text.substring(hash + 1);
        int colon = rest.indexOf(':');
        String reference = colon < 0 ? rest : rest.substring(0, colon);
        if (reference.startsWith("-"))
            throw new CliException(1, "'" + reference + "' is no reference of git");
        return new GitRepository(
                url.startsWith("github.com/") ? "https://" + url : url,
                reference,
                colon < 0 ? "" : rest.substring(colon + 1));
    }

    /** A checked-out repository, removed at the end. */
    record Clone(Path root, Path directory) implements Closeable {
        @Override
        public void close() throws IOException {
            Files.walkFileTree(
                    root,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                                throws IOException {
                            if (e != null) throw e;
                            Files.delete(dir);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }
    }

    /** Fetches no more of its history than is needed, if the server can. */
    Clone checkOut() throws IOException, InterruptedException {
        var root = Files.createTempDirectory("rootbound-build-").toRealPath();
        var clone = new Clone(root, root);
        try {
            git(root, "init", "--quiet");
            git(root, "remote", "add", "origin", "--", url);
            String wanted = reference.isEmpty() ? "HEAD" : reference;
            try {
                git(root, "fetch", "--quiet", "--depth", "1", "origin", "--", wanted);
                git(root, "checkout", "--quiet", "FETCH_HEAD");
            } catch (CliException shallow) { // a commit that the server does not give by itself
                git(root, "fetch", "--quiet", "--tags", "origin");
                checkOutFetched(root, wanted);
            }
            git(root, "submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1");
            return new Clone(root, subdirectory(root));
        } catch (IOException | InterruptedException | RuntimeException e) {
            clone.close();
            throw e;
        }
    }

    private static void checkOutFetched(Path root, String wanted)
            throws IOException, InterruptedException {
        try {
            git(root, "checkout", "--quiet", wanted, "--");
        } catch (CliException e) {
            git(root, "checkout", "--quiet", "origin/" + wanted, "--");
        }
    }

    /** Where it leads, which must be in the repository: who wrote that may have made a link. */
    private Path subdirectory(Path root) throws IOException {
        deleteMetadata(root);
        var below = root.resolve(directory.replaceFirst("^/+", ""));
        if (!Files.isDirectory(below))
            throw new CliException(1, "no directory '" + directory + "' in " + url);
        var real = below.toRealPath();
        if (!real.startsWith(root))
            throw new CliException(1, "'" + directory + "' leads out of " + url);
        return real;
    }

    /** As with Docker, the context has files, not how they came to be. */
    private static void deleteMetadata(Path root) throws IOException {
        var metadata = root.resolve(".git");
        new Clone(metadata, metadata).close();
    }

    private static void git(Path directory, String... words)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("git", "-c", "core.autocrlf=false"));
        command.addAll(Arrays.asList(words));
        var builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        builder.environment().put("GIT_PROTOCOL_FROM_USER", "0"); // of submodules: no files of ours
        builder.environment().remove("GIT_DIR");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new CliException(
                    1, "a git repository as context needs git: on Debian, apt-get install git");
        }
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        if (process.waitFor() != 0)
            throw new CliException(1, "git " + String.join(" ", words) + ": " + said);
    }
}
