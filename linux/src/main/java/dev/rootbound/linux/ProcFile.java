package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A text file of a process, proc(5). What a process calls itself and its cgroups can be any bytes:
 * they are read as a char a byte, and a line ends at {@code \n} only, which the kernel escapes in
 * names.
 */
public final class ProcFile {
    private static final int DIGITS = 64;

    private ProcFile() {}

    /** The text of {@code /proc/PID/name}; empty if the process is gone, also while it is read. */
    public static Optional<String> read(long pid, String name) throws IOException {
        var process = Path.of("/proc/" + pid);
        try {
            return Optional.of(
                    Files.readString(process.resolve(name), StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.exists(process)) {
                throw e;
            }
            return Optional.empty(); // ESRCH
        }
    }

    /**
     * The lines of {@code /proc/PID/name}.
     *
     * @throws NoSuchFileException if the process is gone
     */
    public static List<String> lines(long pid, String name) throws IOException {
        return lines(
                read(pid, name)
                        .orElseThrow(() -> new NoSuchFileException("/proc/" + pid + "/" + name)));
    }

    /**
     * A number of sysctl(8).
     *
     * @param name with slashes: {@code net/ipv4/ip_forward}
     */
    public static int sysctl(String name) throws IOException {
        // at once: of a number that is read in pieces the kernel gives the first alone
        try (var in = Files.newInputStream(Path.of("/proc/sys").resolve(name))) {
            var buffer = new byte[DIGITS];
            int length = in.read(buffer);
            return Integer.parseInt(new String(buffer, 0, Math.max(0, length), US_ASCII).strip());
        }
    }

    /** The lines of a text. */
    public static List<String> lines(String text) {
        return List.of(text.split("\n"));
    }
}
