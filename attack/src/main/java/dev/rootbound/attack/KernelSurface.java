package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What an ordinary process may ask the kernel for, and a container may not: parts of it in which
 * holes were found. Only the filter of system calls refuses them.
 */
final class KernelSurface {
    private static final long NEW_USER = 0x1000_0000L;
    private static final long NEW_MOUNT = 0x0002_0000L;
    private static final int ALGORITHMS = 38;
    private static final int VIRTUAL_MACHINES = 40;
    private static final int SEQUENCED = 5;
    private static final int STREAM = 1;
    private static final String FILTER = "the filter of system calls (seccomp(2))";

    static final List<Attack> ALL =
            List.of(
                    socket("algorithm-socket", "AF_ALG", ALGORITHMS, SEQUENCED),
                    socket("machine-socket", "AF_VSOCK", VIRTUAL_MACHINES, STREAM),
                    onFilter(
                                    "user-namespace",
                                    "make a user namespace",
                                    s -> {
                                        s.twin().call(Call.UNSHARE, "user", NEW_USER);
                                        return "it has a user namespace of its own making";
                                    })
                            .needing("/proc/self/ns/user"),
                    onFilter(
                                    "nested-mount",
                                    "mount in a user namespace of its own",
                                    KernelSurface::nestedMount)
                            .needing("/proc/self/ns/user"),
                    onFilter("bpf", "make a BPF map", KernelSurface::bpf)
                            .needing("/proc/sys/kernel/unprivileged_bpf_disabled"),
                    onFilter("perf", "watch its own process's performance", s -> perf(s, 0, -1))
                            .needing("/proc/sys/kernel/perf_event_paranoid"),
                    onFilter(
                                    "userfaultfd",
                                    "handle page faults itself",
                                    s -> {
                                        s.twin()
                                                .call(
                                                        Call.USERFAULTFD,
                                                        "",
                                                        1); // UFFD_USER_MODE_ONLY
                                        return "userfaultfd was granted";
                                    })
                            .needing("/proc/sys/vm/unprivileged_userfaultfd"),
                    onFilter(
                                    "io-uring",
                                    "make an io_uring",
                                    s -> {
                                        var memory = new Memory();
                                        s.twin()
                                                .call(
                                                        Call.IO_URING_SETUP,
                                                        "",
                                                        memory,
                                                        2,
                                                        memory.space(120));
                                        return "io_uring was granted";
                                    })
                            .needing("/proc/sys/kernel/io_uring_disabled"));

    private KernelSurface() {}

    private static Attack onFilter(String name, String tries, Attack.Step step) {
        return Attack.onFilter(name, tries, FILTER, step);
    }

    private static Attack socket(String name, String family, int number, int type) {
        return onFilter(
                        name,
                        "open a socket of " + family + ", which reaches the host",
                        s -> {
                            s.twin().close(s.twin().call(Call.SOCKET, family, number, type, 0));
                            return "a socket of " + family + " was opened";
                        })
                .needing(host -> missing(host, family, number, type));
    }

    private static Optional<String> missing(Actor host, String family, int number, int type)
            throws IOException {
        try {
            host.close(host.call(Call.SOCKET, family, number, type, 0));
            return Optional.empty();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAFNOSUPPORT) throw e;
            return Optional.of("this kernel has no " + family);
        }
    }

    private static String nestedMount(Scene s) throws IOException {
        s.twin().call(Call.UNSHARE, "user and mount", NEW_USER | NEW_MOUNT);
        s.twin().mount("tmpfs", "/proc", "");
        return "a file system was mounted";
    }

    private static String bpf(Scene s) throws IOException {
        var memory = new Memory();
        long attributes = memory.ints(2, 4, 4, 1); // BPF_MAP_TYPE_ARRAY, key, value, entries
        memory.space(56);
        s.twin().call(Call.BPF, "map", memory, 0, attributes, 72);
        return "a map was made";
    }

    /** PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK (perf_event_open(2)). */
    static String perf(Scene s, int pid, int processor) throws IOException {
        var memory = new Memory();
        long attributes = memory.ints(1, 112, 0, 0);
        memory.space(96);
        s.twin().call(Call.PERF_EVENT_OPEN, "", memory, attributes, pid, processor, -1, 0);
        return "performance events were granted";
    }
}
