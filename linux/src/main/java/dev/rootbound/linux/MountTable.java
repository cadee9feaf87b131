package dev.rootbound.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The mounts that this process sees, proc_pid_mountinfo(5). Texts are a char a byte. */
public record MountTable(List<MountLine> mounts) {
    public MountTable {
        mounts = List.copyOf(mounts);
    }

    /** As they are now. */
    public static MountTable read() throws IOException {
        return parse(
                Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    }

    static MountTable parse(String text) {
        return new MountTable(MountLine.parseAll(text));
    }

    /** Those that are mounted somewhere below a directory, the ones that others lie in first. */
    public List<MountLine> below(String directory) {
        return mounts.stream()
                .filter(mount -> MountLine.isBelow(mount.path(), directory))
                .filter(mount -> !mount.path().equals(directory))
                .sorted(Comparator.comparingInt(mount -> mount.path().length()))
                .toList();
    }

    /**
     * All paths under which what a path leads to is seen, by mounts of the same file system: also
     * what is mounted over.
     *
     * @param mount through which the path leads
     */
    public List<String> names(MountLine mount, String path) {
        var within = mount.within(path);
        return mounts.stream()
                .filter(other -> other.device().equals(mount.device()))
                .flatMap(other -> other.shows(within).stream())
                .distinct()
                .toList();
    }

    /** The mount that something was opened through. */
    public Optional<MountLine> of(Fd fd) throws IOException {
        long id = id(fd);
        return mounts.stream().filter(mount -> mount.id() == id).findFirst();
    }

    /** Which mount something was opened through, proc_pid_fdinfo(5). */
    public static long id(Fd fd) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd.number()))) {
            if (line.startsWith("mnt_id:")) {
                return Long.parseLong(line.substring(7).strip());
            }
        }
        throw new IOException("read /proc/self/fdinfo/" + fd.number() + ": no mnt_id in it");
    }
}
