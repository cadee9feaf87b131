package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A mount as proc_pid_mountinfo(5) shows it.
 *
 * @param id of the mount, as {@link MountTable#id} tells it of a descriptor
 * @param device of its file system, {@code MAJOR:MINOR}
 * @param root what of the file system is mounted; escaped, as is {@code point}
 * @param point where
 * @param options of this mount alone: {@code rw}, {@code nosuid}, {@code idmapped} (Linux 5.12)
 * @param superOptions of the file system
 */
public record MountLine(
        long id,
        String device,
        String root,
        String point,
        Set<String> options,
        String type,
        String superOptions) {

    /** What mountinfo appends to the root of what was deleted. */
    private static final String DELETED = "//deleted";

    public MountLine {
        options = Set.copyOf(options);
    }

    /** The lines of a whole file. */
    public static List<MountLine> parseAll(String mountinfo) {
        return ProcFile.lines(mountinfo).stream()
                .filter(line -> !line.isEmpty())
                .map(MountLine::parse)
                .toList();
    }

    /**
     * One line.
     *
     * @throws IllegalArgumentException if it is no such line
     */
    public static MountLine parse(String line) {
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

    /** Where it is: {@code point} as it is, a char a byte. */
    public String path() {
        return plain(point);
    }

    private static String plain(String escaped) {
        return escaped.indexOf('\\') < 0
                ? escaped
                : new String(Shown.unescaped(escaped), ISO_8859_1);
    }

    /** Where a path that leads through this mount is on its file system. */
    String within(String path) {
        return joined(plain(root), rest(path, path()));
    }

    /** The path through this mount of what is somewhere on its file system, if it shows that. */
    Optional<String> shows(String within) {
        var top = plain(root);
        return isBelow(within, top)
                ? Optional.of(joined(path(), rest(within, top)))
                : Optional.empty();
    }

    /** Empty, or with a slash before it. */
    private static String rest(String path, String directory) {
        if (path.equals(directory)) return "";
        return directory.equals("/") ? path : path.substring(directory.length());
    }

    private static String joined(String directory, String rest) {
        if (rest.isEmpty()) return directory;
        return directory.equals("/") ? rest : directory + rest;
    }

    /** Whether the mount has an option. */
    public boolean has(String option) {
        return options.contains(option);
    }

    /** Whether nothing is written through it, by the mount's or the file system's word. */
    public boolean isReadOnly() {
        return has("ro") || List.of(superOptions.split(",")).contains("ro");
    }

    /** Whether its ids are others than on disk. */
    public boolean isIdMapped() {
        return has("idmapped");
    }

    /** Whether what is mounted has no name on its file system any more. */
    public boolean isDeleted() {
        return root.endsWith(DELETED);
    }

    /** Whether it is mounted in a directory or on it; both escaped. */
    public boolean isBelow(String directory) {
        return isBelow(point, directory);
    }

    /** Whether a path leads into a directory or to it. */
    public static boolean isBelow(String path, String directory) {
        return directory.equals("/") || path.equals(directory) || path.startsWith(directory + "/");
    }

    /** For evidence: {@code ext4 254:0 /srv on /data (rw,nosuid)}. */
    @Override
    public String toString() {
        var sorted = String.join(",", options.stream().sorted().toList());
        return type + " " + device + " " + text(root) + " on " + text(point) + " (" + sorted + ")";
    }

    private static String text(String escaped) {
        return Shown.of(new String(Shown.unescaped(escaped), ISO_8859_1));
    }
}
