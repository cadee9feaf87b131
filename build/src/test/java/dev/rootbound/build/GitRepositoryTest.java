package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoryTest {
    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource({
        "https://h/a.git,https://h/a.git,'',''",
        "http://h/a.git#v1,http://h/a.git,v1,''",
        "https://h/a.git#v1:sub/dir,https://h/a.git,v1,sub/dir",
        "https://h/a.git#:sub,https://h/a.git,'',sub",
        "github.com/a/b,https://github.com/a/b,'',''",
        "git@github.com:a/b.git#x,git@github.com:a/b.git,x,''",
        "git://h/a,git://h/a,'',''",
    })
    void urlsAreTakenApart(String text, String url, String reference, String below)
            throws IOException {
        assertThat(GitRepository.parse(text)).isEqualTo(new GitRepository(url, reference, below));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://h/a.tar.gz", "http://h/a.git/x", "./a", "a.git"})
    void othersAreNone(String text) throws IOException {
        assertThat(GitRepository.parse(text)).isNull();
    }

    @Test
    void aReferenceIsNoOption() {
        assertThatThrownBy(() -> GitRepository.parse("https://h/a.git#--upload-pack=x"))
                .isInstanceOf(GitRepository.Unavailable.class);
    }

    @Test
    void aBranchATagAndACommitAreCheckedOutWithoutHistory() throws Exception {
        try (var server = new Server(repository())) {
            var commit = git(server.path, "rev-parse", "other");
            for (var reference : new String[] {"", "other", "tagged", commit}) {
                try (var clone = server.at(reference, "sub").checkOut()) {
                    assertThat(clone.directory().resolve("file"))
                            .hasContent(reference.isEmpty() ? "main" : "other");
                    assertThat(clone.root().resolve(".git")).doesNotExist();
                }
            }
            assertThatThrownBy(() -> server.at("none", "").checkOut()).hasMessageContaining("none");
            assertThatThrownBy(() -> server.at("", "nosuch").checkOut())
                    .hasMessageContaining("no directory 'nosuch'");
        }
    }

    @Test
    void aDirectoryThatLeadsOutOfTheRepositoryIsRefused() throws Exception {
        try (var server = new Server(repository())) {
            for (var below : new String[] {"out", "../.."})
                assertThatThrownBy(() -> server.at("", below).checkOut())
                        .hasMessageContaining("leads out of");
        }
    }

    @Test
    void noRepositoryOfTheHostIsFetched() throws Exception {
        var url = "file://" + repository();
        assertThatThrownBy(() -> new GitRepository(url, "", "").checkOut())
                .hasMessageContaining("not allowed");
    }

    /** What git or its helpers leave would else change what is read and removed as root. */
    @Test
    @Tag("kernel")
    void aStrangerIsNobodyAndNothingOfItOutlivesIt() throws Exception {
        var name = "97" + System.nanoTime();
        var command =
                new ArrayList<>(
                        new GitRepository.Stranger(4_000_000, List.of(), growth(1 << 20))
                                .command());
        var script = "setsid sleep \"$0\" >/dev/null 2>&1 & sleep 0.2; id -u; id -G;";
        command.addAll(List.of("sh", "-c", script + "grep NoNewPrivs /proc/self/status", name));
        var process = new ProcessBuilder(command).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said).isEqualTo("4000000\n4000000\nNoNewPrivs:\t1\n");
        assertThat(ProcessHandle.allProcesses().map(it -> it.info().commandLine().orElse("")))
                .noneMatch(line -> line.contains(name));
    }

    private static GitRepository.Growth growth(long most) {
        return new GitRepository.Growth() {
            @Override
            public long most() {
                return most;
            }

            @Override
            public void check(TreeSize now) throws IOException {
                if (now.bytes() > most) throw new IOException("too large: " + now);
            }
        };
    }

    /** Of many files none of which is too large, from a command that would not end by itself. */
    @Test
    @Tag("kernel")
    void whatGrowsTooLargeIsEndedWhileItGrows() throws Exception {
        var stranger = new GitRepository.Stranger(4_000_000, List.of(), growth(1 << 20));
        var name = "98" + System.nanoTime();
        var command = new ArrayList<>(stranger.command());
        var script = "i=0; while :; do head -c 65536 /dev/zero > f$i; i=$((i+1)); sleep 0.01; done";
        command.addAll(List.of("sh", "-c", script, name));
        var open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        stranger.give(open);
        var process = new ProcessBuilder(command).directory(open.toFile()).start();
        try {
            assertThatThrownBy(() -> stranger.await(process, open, "sh: "))
                    .hasMessageContaining("too large");
        } finally {
            GitRepository.end(process);
        }
        assertThat(ProcessHandle.allProcesses().map(it -> it.info().commandLine().orElse("")))
                .noneMatch(line -> line.contains(name));
    }

    @Test
    @Tag("kernel")
    void noFileOfAStrangersIsLargerThanAllMayBe() throws Exception {
        var stranger = new GitRepository.Stranger(4_000_000, List.of(), growth(1 << 20));
        var command = new ArrayList<>(stranger.command());
        command.addAll(List.of("sh", "-c", "head -c 9000000 /dev/zero > f"));
        var open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        stranger.give(open);
        var process = new ProcessBuilder(command).directory(open.toFile()).start();
        assertThat(process.waitFor()).isNotZero();
        assertThat(Files.size(open.resolve("f"))).isEqualTo(1 << 20);
    }

    /** git's own server. */
    private static final class Server implements AutoCloseable {
        private final Path path;
        private final int port;
        private final Process process;

        Server(Path path) throws IOException, InterruptedException {
            this.path = path;
            try (var free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            var program = Path.of(git(path, "--exec-path"), "git-daemon").toString();
            process =
                    new ProcessBuilder(
                                    program,
                                    "--listen=127.0.0.1",
                                    "--port=" + port,
                                    "--export-all",
                                    "--base-path=" + path.getParent())
                            .start();
            while (!isReady()) Thread.sleep(20);
        }

        private boolean isReady() {
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException e) {
                assertThat(process.isAlive()).isTrue();
                return false;
            }
        }

        GitRepository at(String reference, String below) {
            return new GitRepository(
                    "git://127.0.0.1:" + port + "/" + path.getFileName(), reference, below);
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private Path repository() throws IOException, InterruptedException {
        var path = directory.resolve("repository");
        Files.createDirectories(path.resolve("sub"));
        git(path, "init", "--quiet", "--initial-branch", "main");
        Files.createSymbolicLink(path.resolve("out"), Path.of("/etc"));
        commit(path, "main");
        git(path, "checkout", "--quiet", "-b", "other");
        commit(path, "other");
        git(path, "tag", "tagged");
        commit(path, "later");
        git(path, "branch", "--quiet", "--force", "later");
        git(path, "reset", "--quiet", "--hard", "tagged");
        git(path, "checkout", "--quiet", "main");
        return path;
    }

    private static void commit(Path path, String content) throws IOException, InterruptedException {
        Files.writeString(path.resolve("sub/file"), content);
        git(path, "add", "-A");
        git(path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", content);
    }

    private static String git(Path path, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(words));
        var process = new ProcessBuilder(command).directory(path.toFile()).start();
        var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
