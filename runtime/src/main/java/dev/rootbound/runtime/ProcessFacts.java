package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.util.Optional;

/**
 * A process as the host sees it, proc_pid_stat(5), proc_pid_status(5) and proc_pid_cmdline(5).
 *
 * @param name the program's, at most 15 bytes
 * @param command with its words, empty for a process that has none (a zombie)
 * @param userTicks spent, in hundredths of a second, as are {@code systemTicks} and {@code
 *     startTicks} since boot
 * @param virtualBytes of its address space
 * @param residentBytes in memory
 */
public record ProcessFacts(
        long pid,
        long parent,
        long group,
        long session,
        long terminal,
        long terminalGroup,
        char state,
        String name,
        String command,
        long uid,
        long gid,
        long userTicks,
        long systemTicks,
        long startTicks,
        long nice,
        long priority,
        long threads,
        long virtualBytes,
        long residentBytes,
        long lockedKilobytes) {

    /** Empty if there is none any more. */
    public static Optional<ProcessFacts> of(long pid) throws IOException {
        var stat = ProcFile.read(pid, "stat");
        var status = ProcFile.read(pid, "status");
        var command = ProcFile.read(pid, "cmdline");
        if (stat.isEmpty() || status.isEmpty() || command.isEmpty()) {
            return Optional.empty();
        }
        var words = new String(command.get().getBytes(ISO_8859_1), UTF_8);
        return Optional.of(parse(stat.get(), status.get(), words));
    }

    static ProcessFacts parse(String stat, String status, String cmdline) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')'); // the name may hold spaces and parentheses
        var f = stat.substring(close + 2).strip().split(" ", -1); // f[0] is field 3
        return new ProcessFacts(
                Long.parseLong(stat.substring(0, open - 1)),
                Long.parseLong(f[1]),
                Long.parseLong(f[2]),
                Long.parseLong(f[3]),
                Long.parseLong(f[4]),
                Long.parseLong(f[5]),
                f[0].charAt(0),
                printable(stat.substring(open + 1, close)),
                printable(cmdline.replace('\0', ' ').strip()),
                id(status, "Uid"),
                id(status, "Gid"),
                Long.parseLong(f[11]),
                Long.parseLong(f[12]),
                Long.parseLong(f[19]),
                Long.parseLong(f[16]),
                Long.parseLong(f[15]),
                Long.parseLong(f[17]),
                Long.parseLong(f[20]),
                number(status, "VmRSS") * 1024,
                number(status, "VmLck"));
    }

    /** What a process calls itself must not move a reader's cursor. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** The effective one: the second of four. */
    private static long id(String status, String field) {
        var words = line(status, field).split("\\s+", -1);
        return words.length < 2 ? 0 : Long.parseLong(words[1]);
    }

    private static long number(String status, String field) {
        var words = line(status, field).split("\\s+", -1);
        return words[0].isEmpty() ? 0 : Long.parseLong(words[0]);
    }

    private static String line(String status, String field) {
        return ProcFile.lines(status).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
