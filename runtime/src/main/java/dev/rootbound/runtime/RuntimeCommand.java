package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Child;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/** Calls of the OCI runtime's command line (runtime-spec runtime.md names the operations). */
final class RuntimeCommand {
    /**
     * What the runtime and the monitor need of an environment; nothing of the engine's own gets to
     * a container.
     */
    static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    /** With each of its steps, which take a twentieth of a second on an idle host. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    // logrus: time="…" level=error msg="…"
    private static final Pattern MESSAGE = Pattern.compile("\\bmsg=\"((?:[^\"\\\\]++|\\\\.)*+)\"");
    private static final int SIGKILL = 9;
    private static final int MESSAGE_LIMIT = 64 << 10;

    private final Path program;
    private final Path root;
    private final Duration patience;

    RuntimeCommand(Path program, Path root) {
        this(program, root, PATIENCE);
    }

    RuntimeCommand(Path program, Path root, Duration patience) {
        this.program = program;
        this.root = root;
        this.patience = patience;
    }

    Path program() {
        return program;
    }

    /** The command's words up to its own options. */
    List<String> words(String... more) {
        var words = new ArrayList<>(List.of(program.toString(), "--root", root.toString()));
        words.addAll(List.of(more));
        return words;
    }

    Path root() {
        return root;
    }

    /**
     * Runs it to its end; a {@link StartFailure} has what it said if it failed. One that does not
     * end is killed.
     */
    void run(String... more) throws IOException {
        try (var pipe = Pipe.open()) {
            var child =
                    Child.spawn(words(more), ENVIRONMENT, Map.of(1, pipe.write(), 2, pipe.write()));
            pipe.write().close();
            var over = new CountDownLatch(1);
            var late = new AtomicBoolean();
            Thread.ofVirtual()
                    .name("runtime-deadline")
                    .start(() -> killAfterDeadline(child, over, late));
            var said = new ByteArrayOutputStream();
            var buffer = new byte[4096];
            var out = pipe.keepRead();
            for (int n; (n = out.read(buffer, 0, buffer.length)) > 0; ) {
                if (said.size() < MESSAGE_LIMIT) {
                    said.write(buffer, 0, n);
                }
            }
            int code = child.waitFor();
            over.countDown();
            if (code != 0) {
                throw new StartFailure(
                        program.getFileName()
                                + " "
                                + more[0]
                                + ": "
                                + (late.get()
                                        ? "killed, for it had not ended in "
                                                + patience.toSeconds()
                                                + " seconds"
                                        : message(said.toString(UTF_8), code)));
            }
        }
    }

    private void killAfterDeadline(Child child, CountDownLatch over, AtomicBoolean late) {
        try {
            if (!over.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                late.set(true);
                child.kill(SIGKILL);
            }
        } catch (InterruptedException | ErrnoException e) {
            // nobody interrupts this, and kill(2) of a child of one's own does not fail
        }
    }

    /** The last message in a log of the runtime's, without its time and level. */
    static String message(String log, int code) {
        var found = MESSAGE.matcher(log);
        String last = null;
        while (found.find()) {
            last = found.group(1);
        }
        if (last != null) {
            return last.replace("\\\"", "\"").replace("\\n", " ").replace("\\\\", "\\");
        }
        var text = log.strip();
        return text.isEmpty() ? "exit code " + code : text;
    }
}
