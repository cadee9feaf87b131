package dev.rootbound.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A program of the host's that is told by its input what to do. */
final class Program {
    /** The kernel waits for other changes of links; what takes longer hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int LONGEST_WORD = 1000;
    private static final List<String> PLACES = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private final List<String> command;

    private Program(List<String> command) {
        this.command = command;
    }

    /** With its arguments; looked for where system programs are, whatever PATH is. */
    static Program of(String name, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(path(name));
        command.addAll(List.of(arguments));
        return new Program(command);
    }

    /** In the network namespace that a file pins, nsenter(1). */
    Program in(Path namespace) throws IOException {
        var inside = new ArrayList<String>();
        inside.add(path("nsenter"));
        inside.add("--net=" + namespace);
        inside.add("--");
        inside.addAll(command);
        return new Program(inside);
    }

    private static String path(String name) throws IOException {
        for (var place : PLACES) {
            var file = Path.of(place, name);
            if (Files.isExecutable(file)) return file.toString();
        }
        throw new IOException(
                "networks need the program "
                        + name
                        + ", which is in none of "
                        + String.join(", ", PLACES)
                        + ": install nftables, iproute2 and util-linux (Debian's names)");
    }

    /**
     * Runs it.
     *
     * @return its output
     * @throws IOException with what it said, if it fails
     */
    String run(String input) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var late = new AtomicBoolean();
        var guard = Thread.ofVirtual().name("guard").start(() -> end(process, late));
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it has ended, and says why
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = waitFor(process);
        guard.interrupt();
        if (code == 0) return output;
        throw new IOException(
                String.join(" ", command)
                        + (late.get() ? ": no end within " + PATIENCE.toSeconds() + " s" : "")
                        + ": exit code "
                        + code
                        + ": "
                        + shortened(output.strip())
                        + "; it was told: "
                        + shortened(input.strip()));
    }

    private static String shortened(String text) {
        var line = text.replaceAll("\\s*\n\\s*", "; ");
        return line.length() <= LONGEST_WORD ? line : line.substring(0, LONGEST_WORD) + " …";
    }

    private static int waitFor(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true; // what it does must not be left half done
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private static void end(Process process, AtomicBoolean late) {
        try {
            if (process.waitFor(PATIENCE)) return;
            late.set(true);
            process.destroyForcibly();
        } catch (InterruptedException e) {
            // it has ended
        }
    }
}
