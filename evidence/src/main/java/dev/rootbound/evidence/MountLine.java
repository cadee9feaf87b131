package dev.rootbound.evidence;

import dev.rootbound.linux.ProcFile;
import java.util.List;
import java.util.Set;

/**
 * A mount as proc_pid_mountinfo(5) shows it.
 *
 * @param device of its file system, {@code MAJOR:MINOR}
 * @param root what of the file system is mounted; escaped, as is {@code point}
 * @param point where
 * @param options of this mount alone: {@code rw}, {@code nosuid}, {@code idmapped} (Linux 5.12)
 * @param superOptions of the file system
 */
record MountLine(
        long id,
        String device,
        String root,
        String point,
        Set<String> options,
        String type,
        String superOptions) {

    /** What mountinfo appends to the root of what was deleted. */
    private static final String DELETED = "//deleted";

    MountLine {
        options = Set.copyOf(options);
    }

    static List<MountLine> parseAll(String mountinfo) {
        return ProcFile.lines(mountinfo).stream()
                .filter(line -> !line.isEmpty())
                .map(MountLine::parse)
                .toList();
    }

    /**
     * @throws IllegalArgumentException if it is no such line
     */
    static MountLine parse(String line) {
        var fields = line.split(" ", -1);
        int dash = List.of(fields).indexOf("-");
        if (dash < 6 || fields.length < dash + 4) {
            throw new IllegalArgumentException("not a line of mountinfo: " + Shown.of(line));
        }
        return new MountLine(
                Long.parseLong(fields[0]),
                fields[2],
                fields[3],
                fields[4],
                Set.of(fields[5].split(",")),
                fields[dash + 1],
                fields[dash + 3]);
    }

    boolean has(String option) {
        return options.contains(option);
    }

    boolean isReadOnly() {
        return has("ro") || List.of(superOptions.split(",")).contains("ro");
    }

    boolean isIdMapped() {
        return has("idmapped");
    }

    boolean isDeleted() {
        return root.endsWith(DELETED);
    }

    boolean isBelow(String directory) {
        return isBelow(point, directory);
    }

    static boolean isBelow(String path, String directory) {
        return directory.equals("/") || path.equals(directory) || path.startsWith(directory + "/");
    }

    /** For evidence: {@code ext4 254:0 /srv on /data (rw,nosuid)}. */
    @Override
    public String toString() {
        var sorted = String.join(",", options.stream().sorted().toList());
        return type + " " + device + " " + text(root) + " on " + text(point) + " (" + sorted + ")";
    }

    private static String text(String escaped) {
        return Shown.of(
                new String(Shown.unescaped(escaped), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
