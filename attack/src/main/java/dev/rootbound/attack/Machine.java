package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;

/**
 * The machine itself: its clock, kernel, log and swap. Each is asked for with what it has, or in a
 * form that fails after the permission was granted.
 */
final class Machine {
    private static final int ADJ_TICK = 0x4000;
    private static final int TIMEX = 208;
    private static final int TICK = 88;
    private static final int KEXEC_TOO_MANY = 17;

    static final List<Attack> ALL =
            List.of(
                    needs(
                            "time-zone",
                            "set the kernel's time zone",
                            "CAP_SYS_TIME",
                            Machine::timeZone),
                    needs("clock", "adjust the clock", "CAP_SYS_TIME", Machine::clock),
                    needs(
                                    "module",
                                    "load a module (an empty one)",
                                    "CAP_SYS_MODULE",
                                    s -> {
                                        var memory = new Memory();
                                        long none = memory.text("");
                                        return past(
                                                Errno.ENOEXEC,
                                                () ->
                                                        s.twin()
                                                                .call(
                                                                        Call.INIT_MODULE,
                                                                        "",
                                                                        memory,
                                                                        none,
                                                                        0,
                                                                        none));
                                    })
                            .needing("/proc/modules"),
                    needs(
                                    "kexec",
                                    "load another kernel (in too many pieces)",
                                    "CAP_SYS_BOOT",
                                    s ->
                                            past(
                                                    Errno.EINVAL,
                                                    () ->
                                                            s.twin()
                                                                    .call(
                                                                            Call.KEXEC_LOAD,
                                                                            "",
                                                                            0,
                                                                            KEXEC_TOO_MANY,
                                                                            0,
                                                                            0)))
                            .needing("/sys/kernel/kexec_loaded"),
                    needs(
                            "swap",
                            "swap to a file (that is not there)",
                            "CAP_SYS_ADMIN",
                            s -> past(Errno.ENOENT, () -> onMissing(s, Call.SWAPON))),
                    needs(
                            "accounting",
                            "account processes in a file (that is not there)",
                            "CAP_SYS_PACCT",
                            s -> past(Errno.ENOENT, () -> onMissing(s, Call.ACCT))),
                    needs(
                            "kernel-log",
                            "read the kernel's log",
                            "CAP_SYSLOG",
                            s -> {
                                var memory = new Memory();
                                s.twin().call(Call.SYSLOG, "read", memory, 2, memory.space(8), 0);
                                return "it may be read";
                            }),
                    needs(
                                    "watch-files",
                                    "watch the opening of all files",
                                    "CAP_SYS_ADMIN",
                                    s -> {
                                        s.twin().call(Call.FANOTIFY_INIT, "content", 4, 0);
                                        return "they can be watched";
                                    })
                            .needing("/proc/sys/fs/fanotify"),
                    needs(
                                    "watch-processors",
                                    "watch what all processes do",
                                    "CAP_PERFMON",
                                    s -> KernelSurface.perf(s, -1, 0))
                            .needing("/proc/sys/kernel/perf_event_paranoid"),
                    Attack.onKernel(
                                    "host-id",
                                    "become an id that is not the container's",
                                    "the id is not in the container's map (setresuid(2))",
                                    s -> {
                                        s.twin()
                                                .call(
                                                        Call.SETRESUID,
                                                        "70000",
                                                        70_000,
                                                        70_000,
                                                        70_000);
                                        return "it is uid 70000";
                                    })
                            .orRefusedBy(Errno.EINVAL));

    private Machine() {}

    private static Attack needs(String name, String tries, String capability, Attack.Step step) {
        var why = "needs " + capability + " of the host (capabilities(7))";
        return Attack.onKernel(name, tries, why, step);
    }

    /** An error that comes after the question who may. */
    private static String past(int errno, Agent.Step<Long> step) throws IOException {
        try {
            var _ = step.run();
        } catch (ErrnoException e) {
            if (e.errno() != errno) throw e;
        }
        return "it was granted";
    }

    private static long onMissing(Scene s, Call call) throws IOException {
        var memory = new Memory();
        var path = "/proc/rootbound-attack";
        return s.twin().call(call, path, memory, memory.text(path), 0);
    }

    private static String timeZone(Scene s) throws IOException {
        var memory = new Memory();
        long zone = memory.space(8);
        s.twin().call(Call.GETTIMEOFDAY, "", memory, 0, zone);
        s.twin().call(Call.SETTIMEOFDAY, "time zone", memory, 0, zone);
        return "it was set, to what it is";
    }

    /** Of timex, modes are the first field and the tick is at 88 (adjtimex(2)). */
    private static String clock(Scene s) throws IOException {
        var memory = new Memory();
        long timex = memory.space(TIMEX);
        s.twin().call(Call.ADJTIMEX, "read", memory, timex);
        memory.set(timex, ADJ_TICK);
        if (memory.longAt(timex + TICK) == 0) throw new NotThereException("the clock has no tick");
        s.twin().call(Call.ADJTIMEX, "set its tick", memory, timex);
        return "its tick was set, to what it is";
    }
}
