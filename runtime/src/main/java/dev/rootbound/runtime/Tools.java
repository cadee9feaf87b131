package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The programs that the engine runs, found once at its start.
 *
 * @param runtime an OCI runtime: crun or runc
 * @param monitor conmon
 */
public record Tools(Path runtime, Path monitor) {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int LONGEST_VERSION = 4096;

    /**
     * Looks along {@code path} (as the variable PATH). crun refuses a hybrid cgroup hierarchy, so
     * runc is first there.
     *
     * @throws IOException naming what is missing and the packages that have it
     */
    public static Tools find(String path, boolean unifiedCgroups) throws IOException {
        var missing = new ArrayList<String>();
        var wanted = unifiedCgroups ? List.of("crun", "runc") : List.of("runc");
        var runtime = wanted.stream().flatMap(name -> find(path, name).stream()).findFirst();
        if (runtime.isEmpty()) {
            missing.add("an OCI runtime (package " + String.join(" or ", wanted) + ")");
        }
        var monitor = find(path, "conmon");
        if (monitor.isEmpty()) {
            missing.add("conmon (package conmon)");
        }
        if (runtime.isEmpty() || monitor.isEmpty()) {
            throw new IOException(
                    "not found in PATH "
                            + path
                            + ": "
                            + String.join(", ", missing)
                            + "; install it, as in: apt install runc conmon");
        }
        return new Tools(runtime.get(), monitor.get());
    }

    /** The first executable of that name along {@code path}. */
    public static Optional<Path> find(String path, String name) {
        for (var directory : path.split(":")) {
            var file = Path.of(directory.isEmpty() ? "." : directory).resolve(name);
            if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                return Optional.of(file.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    /** The runtime's name, such as {@code runc}. */
    public String runtimeName() {
        return runtime.getFileName().toString();
    }

    /** The first line of what a program says to {@code --version}, without its name. */
    public static String version(Path program) {
        return version(program, PATIENCE);
    }

    /** As {@link #version(Path)}; a program that does not answer in time is killed. */
    static String version(Path program, Duration patience) {
        try {
            var process =
                    new ProcessBuilder(program.toString(), "--version")
                            .redirectErrorStream(true)
                            .start();
            var text = new AtomicReference<>("");
            // A thread of its own: the read ends with whoever holds the pipe last, which may be a
            // child of the program; a platform thread, for it blocks in the kernel.
            var reader = Thread.ofPlatform().daemon().start(() -> text.set(answer(process)));
            boolean answered = reader.join(patience);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            if (!answered) {
                return "unknown: no answer within " + patience.toMillis() + " ms";
            }
            return text.get().lines().findFirst().orElse("").replaceFirst("^.* version:? ", "");
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    private static String answer(Process process) {
        try {
            return new String(
                    process.getInputStream().readNBytes(LONGEST_VERSION), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "unknown: " + e.getMessage();
        }
    }
}
