package dev.rootbound.attack;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** Settings of the kernel that are the host's: each is written with the value that it has. */
final class Settings {
    private static final String WHY =
            "a file of host root's on proc or sysfs: its owner is not mapped, so container root is"
                    + " anybody there, and the mounts in it are read-only (user_namespaces(7))";

    static final List<Attack> ALL =
            List.of(
                    sysctl(
                            "core-pattern",
                            "kernel/core_pattern",
                            "what runs as host root at a crash"),
                    sysctl(
                            "modprobe-path",
                            "kernel/modprobe",
                            "what runs as host root for a module"),
                    sysctl("hotplug-path", "kernel/hotplug", "what runs as host root for a device"),
                    sysctl(
                            "kernel-setting",
                            "kernel/randomize_va_space",
                            "a setting of all programs"),
                    sysctl("memory-setting", "vm/overcommit_memory", "a setting of all memory"),
                    sysctl("file-setting", "fs/suid_dumpable", "whose crashes are written down"),
                    sysctl("reboot", "kernel/ctrl-alt-del", "whether Ctrl-Alt-Del reboots at once"),
                    Attack.onKernel(
                                    "sysrq",
                                    "open /proc/sysrq-trigger to be written",
                                    WHY,
                                    s -> onProc(s, p -> opened(s, p + "/sysrq-trigger")))
                            .needing("/proc/sysrq-trigger"),
                    Attack.onKernel(
                                    "kernel-memory",
                                    "open /proc/kcore, the memory of the kernel",
                                    "needs CAP_SYS_RAWIO of the host (proc(5))",
                                    s -> onProc(s, p -> read(s, p + "/kcore")))
                            .needing("/proc/kcore"),
                    sysfs("huge-pages", "kernel/mm/transparent_hugepage/enabled"),
                    sysfs("uevent-helper", "kernel/uevent_helper"),
                    Attack.onKernel(
                                    "release-agent",
                                    "write a cgroup's release_agent, which runs as host root",
                                    "mounting a hierarchy of cgroup v1, and the file, need"
                                            + " CAP_SYS_ADMIN of the host (cgroups(7);"
                                            + " CVE-2022-0492)",
                                    Settings::releaseAgent)
                            .orRefusedBy(Errno.ENOENT)
                            .needing("/sys/fs/cgroup/memory/release_agent"),
                    Attack.onKernel(
                                    "leave-cgroup",
                                    "move into the root cgroup, out of all limits",
                                    "its cgroup.procs is host root's, and out of the cgroup namespace"
                                            + " (cgroup_namespaces(7))",
                                    Settings::leaveCgroup)
                            .orRefusedBy(Errno.ENOENT));

    private Settings() {}

    private static Attack sysctl(String name, String file, String what) {
        return Attack.onKernel(
                        name,
                        "write /proc/sys/" + file + ", " + what,
                        WHY,
                        s -> onProc(s, p -> same(s, p + "/sys/" + file)))
                .needing("/proc/sys/" + file);
    }

    private static Attack sysfs(String name, String file) {
        return Attack.onKernel(
                        name,
                        "write /sys/" + file,
                        WHY,
                        s ->
                                Attack.anyOf(
                                        () -> same(s, "/sys/" + file),
                                        () ->
                                                mounted(
                                                        s,
                                                        "sysfs",
                                                        "",
                                                        at -> same(s, at + "/" + file))))
                .needing("/sys/" + file);
    }

    /** Something at a path. */
    interface At {
        String run(String path) throws IOException;
    }

    /** On the container's own, then on a fresh one that nothing covers. */
    private static String onProc(Scene s, At at) throws IOException {
        return Attack.anyOf(() -> at.run("/proc"), () -> mounted(s, "proc", "", at));
    }

    /** On a file system that is mounted for it. */
    static String mounted(Scene s, String type, String options, At at) throws IOException {
        makePlace(s);
        s.twin().mount(type, Scene.SCRATCH, options);
        try {
            return at.run(Scene.SCRATCH);
        } finally {
            s.twin().unmount(Scene.SCRATCH);
        }
    }

    private static void makePlace(Scene s) throws IOException {
        try {
            s.twin().makeDirectory(Scene.SCRATCH);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw e;
        }
    }

    private static String opened(Scene s, String path) throws IOException {
        s.twin().close(s.twin().open(path, Actor.WRITE));
        return path + " was opened to be written";
    }

    private static String read(Scene s, String path) throws IOException {
        s.twin().close(s.twin().open(path, Actor.READ));
        return path + " was opened";
    }

    /** Of {@code always [madvise] never} what is in brackets. */
    private static final Pattern CHOSEN = Pattern.compile("(?s).*\\[(\\w+)\\].*");

    private static String same(Scene s, String path) throws IOException {
        var value = s.host().readFile(hosts(path));
        var chosen = CHOSEN.matcher(value);
        s.twin().writeFile(path, chosen.matches() ? chosen.group(1) : value);
        return path + " was written, with the value that it has";
    }

    /** Its name outside. */
    private static String hosts(String path) {
        var below = path.startsWith(Scene.SCRATCH) ? path.substring(Scene.SCRATCH.length()) : path;
        if (below.equals(path)) return path;
        return (below.startsWith("/sys/") ? "/proc" : "/sys") + below;
    }

    private static String releaseAgent(Scene s) throws IOException {
        return Attack.anyOf(
                () -> same(s, "/sys/fs/cgroup/memory/release_agent"),
                () -> {
                    enter(s, "cgroup", OtherProcesses.NEW_CGROUP);
                    return mounted(
                            s,
                            "cgroup",
                            "memory",
                            at -> {
                                var agent = "/sys/fs/cgroup/memory/release_agent";
                                s.twin().writeFile(at + "/release_agent", s.host().readFile(agent));
                                return agent + " was written, with the value that it has";
                            });
                });
    }

    private static void enter(Scene s, String type, long flag) throws IOException {
        long fd = s.twin().open(s.victims("ns/" + type), Actor.READ);
        s.twin().call(Call.SETNS, type, fd, flag);
    }

    /** Of devices, where that is of version 1: the kernel asks that one about device nodes. */
    static String leaveCgroup(Scene s) throws IOException {
        enter(s, "cgroup", OtherProcesses.NEW_CGROUP);
        return Attack.anyOf(
                () -> mounted(s, "cgroup", "devices", at -> joined(s, at)),
                () -> mounted(s, "cgroup2", "", at -> joined(s, at)));
    }

    private static String joined(Scene s, String cgroup) throws IOException {
        s.twin().writeFile(cgroup + "/cgroup.procs", "0");
        var its = s.twin().readFile("/proc/self/cgroup");
        if (!its.contains("devices:/\n") && !its.contains("0::/\n")) {
            throw new NotThereException("moved, but not into the root cgroup: " + its.strip());
        }
        return "it is in the root cgroup";
    }
}
