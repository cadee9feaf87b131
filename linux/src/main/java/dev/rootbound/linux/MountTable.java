package dev.rootbound.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mounts that this process sees, proc_pid_mountinfo(5). Texts are a char a byte. */
public record MountTable(List<Mount> mounts) {
    /**
     * A mount.
     *
     * @param id of the mount, as {@link #id} tells it of a descriptor
     * @param point where it is
     * @param type of the file system
     */
    public record Mount(long id, String point, String type) {}

    public MountTable {
        mounts = List.copyOf(mounts);
    }

    /** As they are now. */
    public static MountTable read() throws IOException {
        return parse(
                Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1));
    }

    static MountTable parse(String text) {
        var mounts = new ArrayList<Mount>();
        for (var line : ProcFile.lines(text)) {
            var fields = line.split(" ");
            int dash = 6; // before it: any number of optional ones
            while (!fields[dash].equals("-")) dash++;
            mounts.add(
                    new Mount(Long.parseLong(fields[0]), unescaped(fields[4]), fields[dash + 1]));
        }
        return new MountTable(mounts);
    }

    /** The kernel writes space, tab, newline and backslash as {@code \ooo}. */
    private static String unescaped(String field) {
        var text = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\' && i + 4 <= field.length()) {
                text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(field.charAt(i));
            }
        }
        return text.toString();
    }

    /** Those that are mounted somewhere below a directory, the ones that others lie in first. */
    public List<Mount> below(String directory) {
        var prefix = directory.equals("/") ? "/" : directory + "/";
        return mounts.stream()
                .filter(mount -> mount.point().startsWith(prefix))
                .filter(mount -> mount.point().length() > prefix.length())
                .sorted(java.util.Comparator.comparingInt(mount -> mount.point().length()))
                .toList();
    }

    /** The mount that something was opened through. */
    public Optional<Mount> of(Fd fd) throws IOException {
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
