package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;

/** A process of host root's that can be named inside, as the runtime's own can during an exec. */
final class OtherProcesses {
    /** CLONE_NEWCGROUP; these are of sched.h. */
    static final long NEW_CGROUP = 0x0200_0000L;

    private static final long NEW_MOUNT = 0x0002_0000L;
    private static final long NEW_UTS = 0x0400_0000L;
    private static final long NEW_IPC = 0x0800_0000L;
    private static final long NEW_NETWORK = 0x4000_0000L;

    private static final long SEIZE = 0x4206;
    private static final int OPEN_FILES = 7; // RLIMIT_NOFILE

    private static final String TRACE =
            "ptrace(2), access mode checks: who is in another user namespace has no CAP_SYS_PTRACE"
                    + " over it";

    private static final String ENTER =
            "setns(2) needs CAP_SYS_ADMIN in the user namespace that owns it";

    static final List<Attack> ALL =
            List.of(
                    of(
                            "signal",
                            "send a signal (none, 0) to a process of host root's",
                            "kill(2): the ids are not the same, and CAP_KILL does not count there",
                            s -> {
                                s.twin().call(Call.KILL, "the victim", s.victim(), 0);
                                return "a signal may be sent";
                            }),
                    of(
                            "ptrace",
                            "trace a process of host root's",
                            TRACE,
                            s -> {
                                s.twin().call(Call.PTRACE, "seize", SEIZE, s.victim(), 0, 0);
                                return "it is traced";
                            }),
                    of(
                            "process-memory",
                            "read the memory of a process of host root's",
                            TRACE,
                            OtherProcesses::memory),
                    of(
                            "proc-mem",
                            "read /proc/PID/mem of a process of host root's",
                            TRACE,
                            OtherProcesses::memoryFile),
                    of(
                            "process-descriptor",
                            "take a descriptor of a process of host root's",
                            TRACE,
                            OtherProcesses::descriptor),
                    of(
                            "process-limits",
                            "set a limit of a process of host root's",
                            "prlimit(2) needs the same ids or CAP_SYS_RESOURCE over it",
                            OtherProcesses::limit),
                    of(
                            "runtime-program",
                            "write the runtime's program through /proc/PID/exe",
                            TRACE + " (CVE-2019-5736)",
                            OtherProcesses::program),
                    of(
                            "root-link",
                            "read a closed file through /proc/PID/root",
                            TRACE,
                            s -> reads(s, s.victims("root") + s.canaries().secretPath())),
                    of(
                            "directory-link",
                            "read a closed file through /proc/PID/cwd",
                            TRACE,
                            s -> reads(s, s.victims("cwd/..") + s.canaries().secretPath())),
                    of(
                            "descriptor-link",
                            "read a closed file through /proc/PID/fd",
                            TRACE,
                            OtherProcesses::descriptorLink),
                    of(
                            "symlink",
                            "read a closed file through a link of its own to /proc/PID/root",
                            TRACE,
                            OtherProcesses::symlink),
                    of("chroot", "make the host's root its own", TRACE, OtherProcesses::chroot),
                    enters("mnt", NEW_MOUNT),
                    enters("net", NEW_NETWORK),
                    enters("uts", NEW_UTS),
                    enters("ipc", NEW_IPC),
                    enters("cgroup", NEW_CGROUP));

    private OtherProcesses() {}

    private static Attack of(String name, String tries, String why, Attack.Step step) {
        return Attack.onKernel(name, tries, why, step);
    }

    private static Attack enters(String type, long flag) {
        return of(
                "enter-" + type,
                "enter the host's " + type + " namespace",
                ENTER,
                s -> {
                    long fd = s.twin().open(s.victims("ns/" + type), Actor.READ);
                    s.twin().call(Call.SETNS, type, fd, flag);
                    return "it is in the host's " + type + " namespace";
                });
    }

    private static String reads(Scene s, String path) throws IOException {
        long fd = s.twin().open(path, Actor.READ);
        return s.canaries().found(s.twin().read(fd, 64), path);
    }

    private static String memory(Scene s) throws IOException {
        var memory = new Memory();
        long buffer = memory.space(64);
        long here = memory.longs(buffer, 64);
        long there = memory.longs(Canaries.REMEMBERED, 64);
        long pid = s.victim();
        s.twin().call(Call.PROCESS_VM_READV, "the victim", memory, pid, here, 1, there, 1, 0);
        return s.canaries().found(memory.at(buffer, 64), "memory of the victim");
    }

    private static String memoryFile(Scene s) throws IOException {
        long fd = s.twin().open(s.victims("mem"), Actor.READ);
        var memory = new Memory();
        long buffer = memory.space(64);
        s.twin().call(Call.PREAD64, "mem", memory, fd, buffer, 64, Canaries.REMEMBERED);
        return s.canaries().found(memory.at(buffer, 64), s.victims("mem"));
    }

    private static String descriptor(Scene s) throws IOException {
        long pidfd = s.twin().call(Call.PIDFD_OPEN, "the victim", s.victim(), 0);
        long held = s.canaries().held();
        long fd = s.twin().call(Call.PIDFD_GETFD, "the victim", pidfd, held, 0);
        return s.canaries().found(s.twin().read(fd, 64), "a descriptor of the victim");
    }

    /** The same limit again. */
    private static String limit(Scene s) throws IOException {
        var memory = new Memory();
        long limit = memory.space(16);
        s.twin().call(Call.PRLIMIT64, "the victim", memory, s.victim(), OPEN_FILES, 0, limit);
        s.twin().call(Call.PRLIMIT64, "the victim", memory, s.victim(), OPEN_FILES, limit, 0);
        return "its limit was set, to what it is";
    }

    /** That it is being executed is said to those only who may write it. */
    private static String program(Scene s) throws IOException {
        var path = s.victims("exe");
        try {
            s.twin().close(s.twin().open(path, Actor.WRITE));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ETXTBSY) throw e;
        }
        return path + " may be written as soon as it has ended";
    }

    private static String descriptorLink(Scene s) throws IOException {
        return reads(s, s.victims("fd/" + s.canaries().held()));
    }

    private static String symlink(Scene s) throws IOException {
        var link = Scene.SCRATCH + "-link";
        s.twin().symlink(s.victims("root") + s.canaries().secretPath(), link);
        try {
            return reads(s, link);
        } finally {
            s.twin().remove(link);
        }
    }

    private static String chroot(Scene s) throws IOException {
        var memory = new Memory();
        var root = s.victims("root");
        s.twin().call(Call.CHROOT, root, memory, memory.text(root));
        return reads(s, s.canaries().secretPath());
    }
}
