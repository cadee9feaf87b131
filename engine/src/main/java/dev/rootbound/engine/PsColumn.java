package dev.rootbound.engine;

import dev.rootbound.runtime.ProcessFacts;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** A column of ps(1). */
record PsColumn(String title, BiFunction<ProcessFacts, PsHost, String> cell) {
    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMMdd", Locale.ROOT);
    private static final DateTimeFormatter WHOLE =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    /** By the names that {@code -o} takes. */
    static final Map<String, PsColumn> BY_NAME = byName();

    private static Map<String, PsColumn> byName() {
        var all = new LinkedHashMap<String, PsColumn>();
        numbers(all);
        owners(all);
        usage(all);
        words(all);
        return all;
    }

    private static void numbers(Map<String, PsColumn> all) {
        add(all, "PID", (p, _) -> "" + p.pid(), "pid");
        add(all, "PPID", (p, _) -> "" + p.parent(), "ppid");
        add(all, "PGID", (p, _) -> "" + p.group(), "pgid", "pgrp");
        add(all, "SID", (p, _) -> "" + p.session(), "sid", "sess", "session");
        add(all, "NLWP", (p, _) -> "" + p.threads(), "nlwp", "thcount");
        add(all, "NI", (p, _) -> "" + p.nice(), "ni", "nice");
        add(all, "PRI", (p, _) -> "" + (39 - p.priority()), "pri");
    }

    private static void owners(Map<String, PsColumn> all) {
        add(all, "USER", (p, host) -> host.user(p.uid()), "user", "euser", "uname");
        add(all, "UID", (p, _) -> "" + p.uid(), "uid", "euid");
        add(all, "GROUP", (p, host) -> host.group(p.gid()), "group", "egroup");
        add(all, "GID", (p, _) -> "" + p.gid(), "gid", "egid");
    }

    private static void usage(Map<String, PsColumn> all) {
        add(all, "C", (p, host) -> "" + (int) cpu(p, host), "c");
        add(all, "%CPU", (p, host) -> tenth(cpu(p, host)), "pcpu", "%cpu");
        add(
                all,
                "%MEM",
                (p, host) -> tenth(100.0 * p.residentBytes() / host.memory()),
                "pmem",
                "%mem");
        add(all, "VSZ", (p, _) -> "" + p.virtualBytes() / 1024, "vsz", "vsize");
        add(all, "RSS", (p, _) -> "" + p.residentBytes() / 1024, "rss", "rssize");
        add(all, "STIME", PsColumn::started, "stime", "start", "start_time", "bsdstart");
        add(
                all,
                "STARTED",
                (p, host) -> WHOLE.format(host.startOf(p.startTicks()).atZone(host.zone())),
                "lstart");
        add(all, "ELAPSED", (p, host) -> elapsed(age(p, host)), "etime");
        add(all, "ELAPSED", (p, host) -> "" + age(p, host).toSeconds(), "etimes");
        add(all, "TIME", (p, _) -> clock(seconds(p)), "time", "cputime");
    }

    private static void words(Map<String, PsColumn> all) {
        add(all, "TTY", (p, _) -> terminal(p.terminal()), "tty", "tt", "tname");
        add(all, "S", (p, _) -> "" + p.state(), "s", "state");
        add(all, "STAT", (p, _) -> stat(p), "stat");
        add(all, "COMMAND", (p, _) -> p.name(), "comm", "ucmd", "ucomm");
        add(all, "CMD", (p, _) -> command(p), "cmd");
        add(all, "COMMAND", (p, _) -> command(p), "args", "command");
    }

    private static void add(
            Map<String, PsColumn> all,
            String title,
            BiFunction<ProcessFacts, PsHost, String> cell,
            String... names) {
        for (var name : names) {
            all.put(name, new PsColumn(title, cell));
        }
    }

    PsColumn titled(String other) {
        return new PsColumn(other, cell);
    }

    private static long seconds(ProcessFacts p) {
        return (p.userTicks() + p.systemTicks()) / 100;
    }

    private static Duration age(ProcessFacts p, PsHost host) {
        var age = Duration.between(host.startOf(p.startTicks()), host.now());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** Per cent of one CPU over its life. */
    private static double cpu(ProcessFacts p, PsHost host) {
        double lived = Math.max(1, age(p, host).toMillis());
        return (p.userTicks() + p.systemTicks()) * 1000.0 / lived;
    }

    private static String tenth(double percent) {
        return String.format(Locale.ROOT, "%.1f", percent);
    }

    /** The time of day if that was today, else the day, else the year. */
    private static String started(ProcessFacts p, PsHost host) {
        var start = host.startOf(p.startTicks()).atZone(host.zone());
        var now = host.now().atZone(host.zone());
        if (start.toLocalDate().equals(now.toLocalDate())) {
            return HOUR.format(start);
        }
        return start.getYear() == now.getYear() ? DAY.format(start) : "" + start.getYear();
    }

    /** {@code [days-]hours:minutes:seconds}. */
    private static String clock(long seconds) {
        var days = seconds >= 86_400 ? seconds / 86_400 + "-" : "";
        return days
                + String.format(
                        Locale.ROOT,
                        "%02d:%02d:%02d",
                        seconds / 3600 % 24,
                        seconds / 60 % 60,
                        seconds % 60);
    }

    /** As {@link #clock} without empty hours. */
    private static String elapsed(Duration age) {
        var text = clock(age.toSeconds());
        return age.toHours() == 0 ? text.substring(3) : text;
    }

    /** {@code minutes:seconds}, as with BSD's options. */
    static String minutes(ProcessFacts p, PsHost host) {
        return String.format(Locale.ROOT, "%d:%02d", seconds(p) / 60, seconds(p) % 60);
    }

    /** From a device number, proc_pid_stat(5) field 7. */
    private static String terminal(long device) {
        long major = (device >> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >> 12) & 0xfff00);
        if (major >= 136 && major <= 143) {
            return "pts/" + ((major - 136) * 256 + minor);
        }
        if (major == 4) {
            return minor < 64 ? "tty" + minor : "ttyS" + (minor - 64);
        }
        return device == 0 ? "?" : major + ":" + minor;
    }

    private static String stat(ProcessFacts p) {
        var text = new StringBuilder().append(p.state());
        if (p.nice() != 0) {
            text.append(p.nice() < 0 ? '<' : 'N');
        }
        text.append(p.lockedKilobytes() > 0 ? "L" : "");
        text.append(p.session() == p.pid() ? "s" : "");
        text.append(p.threads() > 1 ? "l" : "");
        return text.append(p.terminalGroup() == p.group() ? "+" : "").toString();
    }

    private static String command(ProcessFacts p) {
        if (p.state() == 'Z') {
            return "[" + p.name() + "] <defunct>";
        }
        return p.command().isEmpty() ? "[" + p.name() + "]" : p.command();
    }
}
