package dev.rootbound.systemtests;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A JVM that uses Testcontainers against the engine under test, {@link TestcontainersUsage}. */
final class TestcontainersJvm implements AutoCloseable {
    private static final int SECONDS = 60;

    private final Path log;
    private final Process process;
    private final PrintStream names;
    private final DataInputStream answers;

    /**
     * @param home its user's home directory, where Testcontainers looks for its configuration
     * @param environment more of it
     */
    TestcontainersJvm(Target target, Path home, Map<String, String> environment) {
        log = home.resolve("log");
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var line =
                List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Duser.home=" + home,
                        "-cp",
                        System.getProperty("java.class.path"),
                        TestcontainersUsage.class.getName());
        var builder =
                new ProcessBuilder(line)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        var all = builder.environment();
        all.keySet().removeIf(name -> name.startsWith("DOCKER_"));
        all.keySet().removeIf(name -> name.startsWith("TESTCONTAINERS_"));
        all.putAll(Shell.environment());
        all.put("DOCKER_HOST", target.address());
        all.put("TESTCONTAINERS_RYUK_CONTAINER_IMAGE", TestImage.REAPER.tag());
        all.put("TESTCONTAINERS_TINYIMAGE_CONTAINER_IMAGE", TestImage.BUSYBOX.tag());
        all.putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
        names = new PrintStream(process.getOutputStream(), true);
        answers = new DataInputStream(process.getInputStream());
    }

    /** Has it call that method; returns what that returns, or fails as that does. */
    String use(String method) {
        names.println(method);
        try {
            var returned = answers.readBoolean();
            var what = answers.readUTF();
            if (!returned) throw new AssertionError(what);
            return what;
        } catch (IOException e) {
            throw new AssertionError("no answer in " + SECONDS + " s: " + log(), e);
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it with SIGKILL: it can do nothing more. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Ends it as it likes. */
    @Override
    public void close() {
        names.close();
        await();
    }

    private void await() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
