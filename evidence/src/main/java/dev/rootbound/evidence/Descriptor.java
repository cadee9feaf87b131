package dev.rootbound.evidence;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process holds of a file system: a descriptor, its working directory, its root, its
 * program; proc_pid_fd(5), proc_pid_fdinfo(5).
 *
 * @param name {@code fd 3}, {@code cwd}
 * @param target as the kernel names it: a path, or {@code pipe:[1234]}
 * @param mount the mount's id; 0 if the kernel tells none
 * @param process of a pidfd, the process; 0 for all else
 */
record Descriptor(String name, String target, long mount, long process) {
    /** Beyond that a process's descriptors are not all looked at, which {@link Held} says. */
    private static final int MOST = 1 << 16;

    private static final List<String> PLACES = List.of("cwd", "root", "exe");

    /** What a process holds, and whether that is all. */
    record Held(List<Descriptor> descriptors, boolean all) {
        Held {
            descriptors = List.copyOf(descriptors);
        }
    }

    /**
     * @throws NoSuchFileException if the process has ended
     */
    static Held of(long pid) throws IOException {
        var held = new ArrayList<Descriptor>();
        for (var place : PLACES) {
            ofPlace(pid, place, held);
        }
        try (var all = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (var each : all) {
                if (held.size() == MOST) {
                    return new Held(held, false);
                }
                ofNumber(pid, String.valueOf(each.getFileName()), held);
            }
        }
        return new Held(held, true);
    }

    private static void ofPlace(long pid, String place, List<Descriptor> held) throws IOException {
        var link = Path.of("/proc/" + pid + "/" + place);
        try (var opened = Fd.open(link, At.O_PATH)) {
            var info = ProcFile.read(ownPid(), "fdinfo/" + opened.number()).orElse("");
            held.add(new Descriptor(place, target(link), number(info, "mnt_id"), 0));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT) { // a kernel's thread has none, nor what has ended
                throw e;
            }
        }
    }

    private static void ofNumber(long pid, String number, List<Descriptor> held)
            throws IOException {
        try {
            var target = target(Path.of("/proc/" + pid + "/fd/" + number));
            var info = ProcFile.read(pid, "fdinfo/" + number);
            if (info.isPresent()) {
                held.add(parse("fd " + number, target, info.get()));
            }
        } catch (NoSuchFileException e) {
            // closed meanwhile
        }
    }

    static Descriptor parse(String name, String target, String fdinfo) {
        return new Descriptor(
                name, target, number(fdinfo, "mnt_id"), Math.max(0, number(fdinfo, "Pid")));
    }

    private static String target(Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            if ("File name too long".equals(e.getReason())) {
                return "/a path of more than 4096 bytes"; // readlink(2) in /proc
            }
            throw e;
        }
    }

    private static long number(String info, String field) {
        return ProcFile.lines(info).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    /** A pipe, a socket, an event: what has no path. */
    boolean isPathless() {
        return !target.startsWith("/") && !target.startsWith("(");
    }

    /** Memory with a name, memfd_create(2): on a mount of the kernel's that nobody can reach. */
    boolean isNamedMemory() {
        return target.startsWith("/memfd:") && target.endsWith(" (deleted)");
    }
}
