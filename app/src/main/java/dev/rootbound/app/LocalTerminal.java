package dev.rootbound.app;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The user's terminal in raw mode until closed; restored too when the JVM is ended by a signal.
 * Through stty(1): three children cost less than linking native calls at every start.
 */
final class LocalTerminal implements AutoCloseable {
    /** In character cells. */
    record Size(int rows, int columns) {}

    private final String saved;
    private final Thread onShutdown = new Thread(this::restore);

    private LocalTerminal(String saved) {
        this.saved = saved;
    }

    /** Whether descriptor 0, 1 or 2 is a terminal, by what /proc says it is. */
    static boolean is(int fd) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes standard input's terminal raw. */
    static LocalTerminal raw() throws IOException, InterruptedException {
        var terminal = new LocalTerminal(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(terminal.onShutdown);
        stty("raw", "-echo");
        return terminal;
    }

    /** {@code null} if there is no terminal. */
    static @Nullable Size size() throws InterruptedException {
        try {
            String[] words = stty("size").strip().split(" ", -1);
            return new Size(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    private static String stty(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        var terminal =
                is(0)
                        ? ProcessBuilder.Redirect.INHERIT
                        : ProcessBuilder.Redirect.from(new File("/dev/tty"));
        var process = new ProcessBuilder(command).redirectInput(terminal).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        String error =
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (process.waitFor() != 0)
            throw new IOException("cannot set the terminal: " + error.strip());
        return output;
    }

    private void restore() {
        try {
            stty(saved);
        } catch (IOException e) {
            // the terminal has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(onShutdown);
    }
}
