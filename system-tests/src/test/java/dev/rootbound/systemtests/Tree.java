package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything below {@code corpus} in a tree of files, as find, sha256sum and getfattr tell it;
 * names are bytes, as ISO 8859-1.
 *
 * @param files a line for each: type, mode, owner, time, size, name and target
 * @param rest the content of files, their attributes, and which names are the same file
 */
record Tree(List<String> files, List<String> rest) {
    /** The directory in the root that is looked at: of the others, a start makes some. */
    static final String TOP = "corpus";

    /** As root of the user namespace that it runs in. */
    private static final String DESCRIBE =
            """
            cd "$1"; umask 022
            find corpus -printf '%y %m %U:%G %T@ %s %i %p -> %l\\0'
            printf '\\0'
            find corpus -type f -exec sha256sum -z {} +
            printf '\\0'
            getfattr -P -R -d -h -m '^(user\\.|security\\.capability$)' -e hex corpus
            """;

    static Tree of(Path root) {
        return describe(List.of(), root.toString());
    }

    /** As a container's root sees it. */
    static Tree inside(long pid) {
        var process = Path.of("/proc", Long.toString(pid));
        return describe(entering(process), process.resolve("root").toString());
    }

    /** Nothing to enter where another engine's container has the host's user namespace. */
    private static List<String> entering(Path process) {
        try {
            var own = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
            if (Files.readSymbolicLink(process.resolve("ns/user")).equals(own)) return List.of();
            return List.of("nsenter", "--user=" + process.resolve("ns/user"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Tree describe(List<String> before, String root) {
        var line = new ArrayList<>(before);
        line.addAll(List.of("sh", "-ec", DESCRIBE, "-", root));
        var out = Shell.run(60, Map.of(), new byte[0], line).ok().stdout();
        return parse(new String(out, ISO_8859_1));
    }

    private static Tree parse(String described) {
        var parts = described.split("\0\0", 3);
        var files = new TreeSet<String>();
        var links = new TreeMap<String, TreeSet<String>>();
        for (var record : parts[0].split("\0", -1)) {
            var fields = record.split(" ", 7);
            var directory = fields[0].equals("d");
            if (directory) fields[4] = "-"; // the file system's own
            var name = fields[6].substring(0, fields[6].lastIndexOf(" -> "));
            if (!directory) links.computeIfAbsent(fields[5], _ -> new TreeSet<>()).add(name);
            fields[3] = new BigDecimal(fields[3]).stripTrailingZeros().toPlainString();
            fields[5] = "";
            files.add(String.join(" ", fields));
        }
        var rest = new TreeSet<>(Arrays.asList(parts[1].split("\0", -1)));
        rest.addAll(Arrays.asList(parts[2].strip().split("\n\n", -1)));
        links.values().stream()
                .filter(names -> names.size() > 1)
                .forEach(n -> rest.add("linked " + n));
        return new Tree(List.copyOf(files), List.copyOf(rest));
    }

    /** What one has and the other has not, as a text: all of both is too much to read. */
    String unlike(Tree oracle) {
        return missing("only here: ", oracle, this) + missing("only there: ", this, oracle);
    }

    private static String missing(String what, Tree from, Tree tree) {
        return Stream.of(tree.files, tree.rest)
                .flatMap(List::stream)
                .filter(line -> !from.files.contains(line) && !from.rest.contains(line))
                .map(line -> what + line + "\n")
                .collect(Collectors.joining());
    }

    /** As archives have it that know no fractions of a second. */
    Tree inWholeSeconds() {
        // find shows the nanoseconds, which count upwards also before 1970, behind the seconds
        return timed((_, time) -> time.setScale(0, RoundingMode.DOWN).stripTrailingZeros());
    }

    /** As tools have it that know no earlier times of what is no symbolic link. */
    Tree since1970() {
        return timed((type, time) -> type.equals("l") ? time : time.max(BigDecimal.ZERO));
    }

    private Tree timed(Times times) {
        return new Tree(files.stream().map(file -> timed(file, times)).sorted().toList(), rest);
    }

    private static String timed(String file, Times times) {
        var fields = file.split(" ", 5);
        fields[3] = times.of(fields[0], new BigDecimal(fields[3])).toPlainString();
        return String.join(" ", fields);
    }

    private interface Times {
        BigDecimal of(String type, BigDecimal time);
    }
}
