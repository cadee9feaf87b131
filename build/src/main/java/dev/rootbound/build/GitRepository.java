package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.rootbound.linux.Dir;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A git repository as a build's files, {@code URL#REF:DIRECTORY}; git(1) fetches it.
 *
 * @param reference a branch, tag or commit; empty: the repository's HEAD
 * @param directory in it; empty: its root
 */
public record GitRepository(String url, String reference, String directory) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final long SHORTEST_PAUSE = Duration.ofMillis(100).toNanos();
    private static final int REST = 10; // times as long as it took to look
    private static final int MOST_SAID = 64 << 10;
    private static final Pattern HTTP = Pattern.compile("https?://.*\\.git(#.*)?");
    private static final List<String> PREFIXES = List.of("git://", "git@", "ssh://", "github.com/");

    /** That it cannot be had, and why. */
    public static final class Unavailable extends IOException {
        @Serial private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }
    }

    /**
     * Who runs git, with nothing of this process but what it needs: programs and servers that are
     * whoever wrote the Dockerfile's choice. All that it starts ends with it, in a process
     * namespace of its own (unshare(1)): what is left is then read and removed as root, and changes
     * no more.
     *
     * @param uid of the host, as which setpriv(1) runs it; as gid, too
     * @param settings git's, of where it may go; if there are any, it goes nowhere else
     * @param growth told again and again, while git runs, how large what it has fetched is
     */
    record Stranger(long uid, List<String> settings, Growth growth) {
        List<String> command() {
            var id = Long.toString(uid);
            // of one file: between two looks at all of them it grows no further
            var command = new ArrayList<>(List.of("prlimit", "--fsize=" + growth.most()));
            command.addAll(List.of("unshare", "--pid", "--fork", "--kill-child"));
            command.addAll(List.of("setpriv", "--reuid", id, "--regid", id));
            command.addAll(
                    List.of("--clear-groups", "--no-new-privs", "--pdeathsig", "KILL", "--"));
            return command;
        }

        /** Ends it if it fetches too much. */
        void await(Process process, Path directory, String shown)
                throws IOException, InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            long pause = SHORTEST_PAUSE;
            while (!process.waitFor(pause, TimeUnit.NANOSECONDS)) {
                if (System.nanoTime() - end > 0)
                    throw new Unavailable(shown + "no end in " + PATIENCE.toSeconds() + " s");
                long begun = System.nanoTime();
                growth.check(TreeSize.of(directory));
                pause = Math.max(SHORTEST_PAUSE, REST * (System.nanoTime() - begun));
            }
            growth.check(TreeSize.of(directory));
        }

        void give(Path directory) throws IOException {
            Files.setAttribute(directory, "unix:uid", (int) uid);
            Files.setAttribute(directory, "unix:gid", (int) uid);
        }
    }

    /** How much may be fetched. */
    interface Growth {
        /** Bytes. */
        long most();

        /** Throws what is to be said if that is too much. */
        void check(TreeSize now) throws IOException;
    }

    /**
     * {@code null}: this names none.
     *
     * @throws Unavailable if its reference is an option
     */
    public static @Nullable GitRepository parse(String text) throws Unavailable {
        boolean isOne =
                HTTP.matcher(text).matches() || PREFIXES.stream().anyMatch(text::startsWith);
        if (!isOne) return null;
        int hash = text.indexOf('#');
        String url = hash < 0 ? text : text.substring(0, hash);
        String rest = hash < 0 ? "" : text.substring(hash + 1);
        int colon = rest.indexOf(':');
        String reference = colon < 0 ? rest : rest.substring(0, colon);
        if (reference.startsWith("-"))
            throw new Unavailable("'" + reference + "' is no reference of git");
        return new GitRepository(
                url.startsWith("github.com/") ? "https://" + url : url,
                reference,
                colon < 0 ? "" : rest.substring(colon + 1));
    }

    /** A checked-out repository, removed at the end. */
    public record Clone(Path root, Path directory) implements Closeable {
        @Override
        public void close() throws IOException {
            remove(root);
        }
    }

    /** By descriptors: a directory that becomes a link leads nobody elsewhere. */
    private static void remove(Path tree) throws IOException {
        try (var parent = Dir.open(requireNonNull(tree.getParent()))) {
            parent.removeTree(requireNonNull(tree.getFileName()).toString().getBytes(UTF_8));
        }
    }

    /** Fetches no more of its history than is needed, if the server can. */
    public Clone checkOut() throws IOException, InterruptedException {
        return checkOut(null, "", false);
    }

    /**
     * @param stranger who runs git; {@code null}: who runs this
     * @param commit what the reference must be, its whole name or its begin; empty: anything
     * @param metadata whether {@code .git} stays
     */
    Clone checkOut(@Nullable Stranger stranger, String commit, boolean metadata)
            throws IOException, InterruptedException {
        var root = Files.createTempDirectory("rootbound-build-").toRealPath();
        var clone = new Clone(root, root);
        try {
            if (stranger != null) stranger.give(root);
            var git = new Git(root, stranger);
            git.run("init", "--quiet");
            git.run("remote", "add", "origin", "--", url);
            String wanted = reference.isEmpty() ? "HEAD" : reference;
            try {
                git.run("fetch", "--quiet", "--depth", "1", "origin", "--", wanted);
                git.run("checkout", "--quiet", "FETCH_HEAD");
            } catch (Unavailable shallow) { // a commit that the server does not give by itself
                git.run("fetch", "--quiet", "--tags", "origin");
                checkOutFetched(git, wanted);
            }
            refuseOther(git.run("rev-parse", "HEAD"), commit);
            if (stranger == null || stranger.settings.isEmpty()) {
                git.run("submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1");
            } else if (Files.exists(root.resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS)) {
                throw new Unavailable(
                        "its submodules may be anywhere, and are not fetched for who is in a"
                                + " container or on another host");
            }
            // as with Docker, the context has files, not how they came to be
            if (!metadata) remove(root.resolve(".git"));
            return new Clone(root, subdirectory(root));
        } catch (IOException | InterruptedException | RuntimeException e) {
            clone.close();
            throw e;
        }
    }

    private void refuseOther(String found, String commit) throws Unavailable {
        if (!found.startsWith(commit))
            throw new Unavailable(url + ": its commit is " + found + ", not " + commit);
    }

    private static void checkOutFetched(Git git, String wanted)
            throws IOException, InterruptedException {
        try {
            git.run("checkout", "--quiet", wanted, "--");
        } catch (Unavailable e) {
            git.run("checkout", "--quiet", "origin/" + wanted, "--");
        }
    }

    /** Where it leads, which must be in the repository: who wrote that may have made a link. */
    private Path subdirectory(Path root) throws IOException {
        var below = root.resolve(directory.replaceFirst("^/+", ""));
        if (!Files.isDirectory(below))
            throw new Unavailable("no directory '" + directory + "' in " + url);
        var real = below.toRealPath();
        if (!real.startsWith(root))
            throw new Unavailable("'" + directory + "' leads out of " + url);
        return real;
    }

    /** With all that it has started: its files are removed next. */
    static void end(Process process) {
        var started = process.children().toList();
        started.forEach(ProcessHandle::destroyForcibly); // the first of a process namespace: all
        process.destroyForcibly();
        started.forEach(child -> child.onExit().join());
    }

    /** git(1) in a directory. */
    private record Git(Path directory, @Nullable Stranger stranger) {
        /** Returns what it says. */
        String run(String... words) throws IOException, InterruptedException {
            var said = Files.createTempFile("rootbound-git-", "");
            var process = started(words, said);
            try {
                process.getOutputStream().close();
                if (stranger == null) process.waitFor(); // who waits for it can end it
                else stranger.await(process, directory, shown(words));
                if (process.exitValue() != 0) throw new Unavailable(shown(words) + text(said));
                return text(said);
            } finally {
                end(process);
                Files.delete(said);
            }
        }

        private static String shown(String... words) {
            return "git " + String.join(" ", words) + ": ";
        }

        private static String text(Path file) throws IOException {
            try (var in = Files.newInputStream(file)) {
                return new String(in.readNBytes(MOST_SAID), UTF_8).strip();
            }
        }

        private Process started(String[] words, Path said) throws Unavailable {
            var command = new ArrayList<String>();
            if (stranger != null) command.addAll(stranger.command());
            command.addAll(List.of("git", "-c", "core.autocrlf=false"));
            if (stranger != null) {
                for (var setting : stranger.settings) command.addAll(List.of("-c", setting));
            }
            command.addAll(Arrays.asList(words));
            var builder =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile());
            var environment = builder.environment();
            if (stranger != null) {
                environment.keySet().retainAll(Set.of("PATH"));
                environment.put("HOME", directory.toString());
                environment.put("GIT_ALLOW_PROTOCOL", "https:http:git");
            }
            environment.put("GIT_TERMINAL_PROMPT", "0");
            environment.put("GIT_PROTOCOL_FROM_USER", "0"); // of submodules: no files of ours
            environment.remove("GIT_DIR");
            try {
                return builder.start();
            } catch (IOException e) {
                throw new Unavailable("a git repository needs git: on Debian, apt-get install git");
            }
        }
    }
}
