package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** Runs host commands to their end; a command that does not end in time is killed and fails. */
final class Shell {
    /** The checkout under test. */
    static final Path CHECKOUT =
            Path.of(System.getProperty("rootbound.checkout", "..")).toAbsolutePath();

    private static final byte[] NOTHING = {};

    private Shell() {}

    static Result run(String... command) {
        return run(120, Map.of(), NOTHING, Arrays.asList(command));
    }

    static Result run(int seconds, Map<String, String> env, byte[] stdin, List<String> command) {
        return run(seconds, env, stdin, true, command);
    }

    /**
     * Gives a shell command a terminal of its own (util-linux's script); what is typed does not
     * end. Returns what the terminal shows.
     */
    static String terminal(String typed, String command) {
        var line =
                List.of(
                        "script",
                        "-qec",
                        "sh -c '" + command.replace("'", "'\\''") + "'",
                        "/dev/null");
        return run(60, Map.of(), typed.getBytes(UTF_8), false, line).ok().out();
    }

    private static Result run(
            int seconds,
            Map<String, String> env,
            byte[] stdin,
            boolean ends,
            List<String> command) {
        var line = new ArrayList<>(List.of("timeout", "-k", "1", Integer.toString(seconds)));
        line.addAll(command);
        var builder = new ProcessBuilder(line);
        builder.environment().putAll(environment());
        builder.environment().putAll(env);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var process = builder.start();
            var out = tasks.submit(() -> process.getInputStream().readAllBytes());
            var err = tasks.submit(() -> process.getErrorStream().readAllBytes());
            var fed = tasks.submit(() -> feed(process, stdin, ends));
            var code = process.waitFor();
            fed.get();
            var result = new Result(command, code, out.get(), new String(err.get(), UTF_8));
            if (code == 124)
                throw new AssertionError("not ended after " + seconds + " s: " + result);
            return result;
        } catch (Exception e) {
            throw new IllegalStateException("run " + command, e);
        }
    }

    /** Docker's client must not read the user's configuration. */
    static Map<String, String> environment() {
        var env = new HashMap<String, String>();
        env.put("DOCKER_CONFIG", "/nonexistent");
        env.put("DOCKER_CLI_HINTS", "false");
        env.put("LC_ALL", "C.UTF-8");
        return env;
    }

    /** A process that leaves its input unread closes it early: that is its right. */
    private static boolean feed(Process process, byte[] stdin, boolean ends) {
        try {
            var in = process.getOutputStream();
            in.write(stdin);
            in.flush();
            if (ends) in.close();
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Starts a command in the background; the caller ends it. */
    static Process start(Path log, List<String> command) {
        return start(log, Map.of(), command);
    }

    /** The same, with an environment added. */
    static Process start(Path log, Map<String, String> env, List<String> command) {
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment());
        builder.environment().putAll(env);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
