package dev.rootbound.attack;

import static dev.rootbound.attack.Attack.anyOf;

import dev.rootbound.linux.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Files of host root's and of strangers in a directory that the container shares with the host. */
final class HostFiles {
    private static final String UNMAPPED =
            "the mount is id-mapped, and the owner is not in its map: the kernel writes nothing of"
                    + " an owner without an id (mount_setattr(2))";

    private static final String STRANGERS = UNMAPPED + "; read and executed is as strangers may";

    /** Outside of every container's ids. */
    private static final long BEYOND = 70_000;

    static final List<Attack> ALL =
            List.of(
                    onFiles(
                            "make-in-roots",
                            "make a file in a directory of host root's",
                            s -> made(s, "roots")),
                    onFiles(
                            "make-in-sticky",
                            "make a file in a directory that everybody may write",
                            s -> made(s, "sticky")),
                    onFiles(
                            "overwrite-program",
                            "write into a program of host root's",
                            HostFiles::overwritten),
                    onFiles(
                            "reopen-program",
                            "reopen a program of host root's through /proc/self/fd to write it",
                            HostFiles::reopened),
                    onFiles(
                            "replace-program",
                            "put a file in the place of a program of host root's",
                            HostFiles::replaced),
                    onFiles(
                            "set-user-id-program",
                            "make a program of host root's set-user-ID",
                            s -> {
                                s.twin().changeMode(Scene.SHARED + "/roots/program", 04755);
                                return "roots/program is set-user-ID";
                            }),
                    onFiles(
                            "leave-set-user-id",
                            "leave a set-user-ID file that is not the caller's",
                            HostFiles::left),
                    onFiles(
                            "run-set-user-id",
                            "become host root by a set-user-ID program of its",
                            HostFiles::becameRoot),
                    onFiles(
                            "read-strangers",
                            "read a closed file of another tenant's containers",
                            s -> {
                                var path = Scene.SHARED + "/strangers";
                                long fd = s.twin().open(path, Actor.READ);
                                return s.canaries().found(s.twin().read(fd, 64), path);
                            }),
                    onFiles(
                            "take-strangers",
                            "become the owner of a stranger's file",
                            s -> {
                                long id = s.canaries().stranger();
                                s.twin().changeOwner(Scene.SHARED + "/strangers", id, id);
                                return "chown was granted";
                            }),
                    onFiles(
                            "link-strangers",
                            "give a stranger's file a second name",
                            HostFiles::linked),
                    onFiles(
                                    "give-to-host-id",
                                    "give a file to an id that is not the container's",
                                    HostFiles::given)
                            .orRefusedBy(Errno.EINVAL),
                    onFiles(
                                    "file-handle",
                                    "open a closed file of host root's by its handle",
                                    HostFiles::byHandle)
                            .orRefusedBy(116)); // ESTALE: a handle of nothing below the mount

    private HostFiles() {}

    private static Attack onFiles(String name, String tries, Attack.Step step) {
        var why =
                switch (name) {
                    case "file-handle" ->
                            "open_by_handle_at(2) needs CAP_DAC_READ_SEARCH of the host";
                    case "give-to-host-id" -> "the id is not in the container's map (chown(2))";
                    case "run-set-user-id" -> "bind mounts are nosuid, and the flag is locked";
                    case "read-strangers", "link-strangers" -> STRANGERS;
                    default -> UNMAPPED;
                };
        return Attack.onKernel(name, tries, why, step).orRefusedBy(Errno.EOVERFLOW);
    }

    private static String made(Scene s, String directory) throws IOException {
        var path = Scene.SHARED + "/" + directory + "/made";
        s.twin().close(s.twin().open(path, Actor.CREATE));
        s.twin().remove(path);
        return path + " was made";
    }

    private static String overwritten(Scene s) throws IOException {
        var path = Scene.SHARED + "/roots/program";
        s.twin().writeFile(path, s.canaries().secret());
        return path + " was written";
    }

    private static String reopened(Scene s) throws IOException {
        long fd = s.twin().open(Scene.SHARED + "/roots/program", Actor.READ);
        s.twin().close(s.twin().open("/proc/self/fd/" + fd, Actor.WRITE));
        return "roots/program was opened to be written";
    }

    private static String replaced(Scene s) throws IOException {
        var own = own(s);
        try {
            s.twin().rename(own, Scene.SHARED + "/roots/program");
        } catch (IOException e) {
            s.twin().remove(own);
            throw e;
        }
        return "roots/program was replaced";
    }

    /** A file that it made, where it can. */
    private static String own(Scene s) throws IOException {
        var path = Scene.SHARED + "/own";
        s.twin().close(s.twin().open(path, Actor.CREATE));
        return path;
    }

    private static String left(Scene s) throws IOException {
        var path = own(s);
        try {
            s.twin().changeMode(path, 06755);
            var outside = s.canaries().shared().resolve("own");
            var mode = (Integer) attribute(outside, "unix:mode");
            long uid = Integer.toUnsignedLong((Integer) attribute(outside, "unix:uid"));
            var found = "on disk its mode is %o and its owner %d".formatted(mode & 07777, uid);
            if (uid == 0) return found;
            throw new Harmless(found + ", who asks for this");
        } finally {
            s.twin().remove(path);
        }
    }

    private static Object attribute(Path path, String name) throws IOException {
        return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
    }

    private static String becameRoot(Scene s) throws IOException {
        var program = Scene.SHARED + "/roots/tells-root";
        return anyOf(
                () -> executed(s, program),
                () -> {
                    s.twin().remount(Scene.SHARED);
                    return executed(s, program);
                });
    }

    private static String executed(Scene s, String program) throws IOException {
        int code =
                s.twin()
                        .inChild(() -> {
                            s.twin().call(Call.SETRESUID, "1000", 1000, 1000, 1000);
                            return s.twin().execute(program);
                        });
        if (code == AgentProgram.IS_ROOT) return program + " ran as root for uid 1000";
        throw new dev.rootbound.linux.ErrnoException(
                "execve", program + " as uid 1000: its set-user-ID bit is void", Errno.EPERM);
    }

    private static String linked(Scene s) throws IOException {
        var second = Scene.SHARED + "/second";
        s.twin().link(Scene.SHARED + "/strangers", second);
        s.twin().remove(second);
        return "a stranger's file had a second name";
    }

    private static String given(Scene s) throws IOException {
        var path = Scene.SCRATCH + "-file";
        s.twin().close(s.twin().open(path, Actor.CREATE));
        try {
            s.twin().changeOwner(path, BEYOND, BEYOND);
        } finally {
            s.twin().remove(path);
        }
        return "a file was given to uid " + BEYOND;
    }

    private static String byHandle(Scene s) throws IOException {
        long mount = s.twin().open(Scene.SHARED, Actor.READ);
        var memory = new Memory();
        long handle = memory.put(s.canaries().secrets().handle());
        long fd =
                s.twin()
                        .call(
                                Call.OPEN_BY_HANDLE_AT,
                                s.canaries().secretPath(),
                                memory,
                                mount,
                                handle,
                                Actor.READ);
        return s.canaries().found(s.twin().read(fd, 64), s.canaries().secretPath());
    }
}
