package dev.rootbound.idmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whose subordinate ids are whose: subuid(5) and subgid(5), {@code owner:first:count} a line, owner
 * a user's name or number. Blank lines and lines that begin with {@code #} say nothing.
 */
public record SubidFile(List<Line> lines) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    /** One line. */
    public record Line(String owner, IdRange range) {
        public Line {
            if (owner.isBlank() || !owner.equals(owner.strip()) || owner.startsWith("#")) {
                throw new IllegalArgumentException("not an owner: '" + owner + "'");
            }
            if (owner.chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
                throw new IllegalArgumentException("not an owner: '" + owner + "'");
            }
        }
    }

    public SubidFile {
        lines = List.copyOf(lines);
    }

    /**
     * Parses the text of the file.
     *
     * @param fileName for the message only
     * @throws IOException naming the line that cannot be meant, and why
     */
    public static SubidFile parse(String text, String fileName) throws IOException {
        var lines = new ArrayList<Line>();
        int number = 0;
        for (var line : text.split("\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                lines.add(parseLine(line));
            } catch (IllegalArgumentException e) {
                throw new MalformedSubidFile(fileName, number, e);
            }
        }
        return new SubidFile(lines);
    }

    private static Line parseLine(String line) {
        var fields = line.split(":", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException(
                    "it has " + fields.length + " fields instead of OWNER:FIRST:COUNT");
        }
        return new Line(
                fields[0], new IdRange(number("first id", fields[1]), number("count", fields[2])));
    }

    private static long number(String what, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("its " + what + " is not a number: '" + text + "'");
        }
        return Long.parseLong(text);
    }

    /** The file's text. */
    public String format() {
        return lines.stream()
                .map(l -> l.owner + ":" + l.range.first() + ":" + l.range.size() + "\n")
                .collect(Collectors.joining());
    }

    /** In the file's order; lines by name and by number alike. */
    public List<IdRange> rangesOf(String user, long uid) {
        return lines.stream().filter(l -> isOwner(l, user, uid)).map(Line::range).toList();
    }

    /** What everybody else has. */
    public List<IdRange> rangesOfOthers(String user, long uid) {
        return lines.stream().filter(l -> !isOwner(l, user, uid)).map(Line::range).toList();
    }

    /** The first line that has the id. */
    public Optional<Line> ownerOf(long id) {
        return lines.stream().filter(l -> l.range.contains(id)).findFirst();
    }

    private static boolean isOwner(Line line, String user, long uid) {
        return line.owner.equals(user) || line.owner.equals(Long.toString(uid));
    }
}
