package dev.rootbound.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** git's own server on loopback, of one repository with one commit. */
final class GitServer implements AutoCloseable {
    private final int port;
    private final Process process;
    private final Path repository;

    /**
     * @param files to be committed
     */
    GitServer(Path files) throws IOException, InterruptedException {
        repository = files;
        git("init", "--quiet", "--initial-branch", "main");
        git("add", "-A");
        git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "all");
        try (var free = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process =
                new ProcessBuilder(
                                Path.of(git("--exec-path"), "git-daemon").toString(),
                                "--listen=127.0.0.1",
                                "--port=" + port,
                                "--export-all",
                                "--base-path=" + files.getParent())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        while (!isReady()) Thread.sleep(20);
    }

    private String git(String... words) {
        var line = new ArrayList<>(List.of("git", "-C", repository.toString()));
        line.addAll(List.of(words));
        return Shell.run(line.toArray(String[]::new)).ok().out();
    }

    private boolean isReady() {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            if (process.isAlive()) return false;
            throw new IllegalStateException("git daemon has ended", e);
        }
    }

    String commit() {
        return git("rev-parse", "HEAD");
    }

    String url() {
        return "git://127.0.0.1:" + port + "/" + repository.getFileName();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
