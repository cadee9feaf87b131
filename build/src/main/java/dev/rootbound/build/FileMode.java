package dev.rootbound.build;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a file's mode becomes, as chmod(1) reads it: {@code 755}, {@code u=rwX,go-w}. No umask
 * counts.
 */
final class FileMode {
    private static final Pattern OCTAL = Pattern.compile("0*[0-7]{1,4}");
    private static final Pattern CLAUSE =
            Pattern.compile("([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)");
    private static final Pattern ACTION = Pattern.compile("([-+=])([ugorwxXst]*)");
    private static final int SET_UID = 04000;
    private static final int SET_GID = 02000;
    private static final int STICKY = 01000;
    private static final int EXECUTE = 0111;

    private final List<Change> changes;

    private FileMode(List<Change> changes) {
        this.changes = List.copyOf(changes);
    }

    /** Of the lower twelve bits of st_mode. */
    private interface Change {
        int of(int mode, boolean directory);
    }

    /**
     * @throws IllegalArgumentException if it is no mode
     */
    static FileMode parse(String text) {
        if (OCTAL.matcher(text).matches()) {
            int bits = Integer.parseInt(text, 8);
            return new FileMode(List.of((_, _) -> bits));
        }
        var changes = new ArrayList<Change>();
        for (var clause : text.split(",", -1)) {
            var parts = CLAUSE.matcher(clause);
            if (!parts.matches()) {
                throw new IllegalArgumentException("a mode such as 755 or u=rwX,go=rX is expected");
            }
            var who = parts.group(1).isEmpty() ? "a" : parts.group(1);
            var whose = who.contains("a") ? "ugo" : who;
            for (var action = ACTION.matcher(parts.group(2)); action.find(); ) {
                changes.add(change(whose, action.group(1).charAt(0), action.group(2)));
            }
        }
        return new FileMode(changes);
    }

    private static Change change(String whose, char action, String what) {
        return (mode, directory) -> {
            int bits = bits(whose, what, mode, directory);
            return switch (action) {
                case '+' -> mode | bits;
                case '-' -> mode & ~bits;
                default -> (mode & ~bits(whose, "rwxst", mode, directory)) | bits;
            };
        };
    }

    private static int bits(String whose, String what, int mode, boolean directory) {
        int bits = 0;
        for (int at = 0; at < what.length(); at++) {
            char each = what.charAt(at);
            bits |=
                    switch (each) {
                        case 'r' -> of(whose, 4);
                        case 'w' -> of(whose, 2);
                        case 'x' -> of(whose, 1);
                        case 'X' -> directory || (mode & EXECUTE) != 0 ? of(whose, 1) : 0;
                        case 's' ->
                                (whose.contains("u") ? SET_UID : 0)
                                        | (whose.contains("g") ? SET_GID : 0);
                        case 't' -> whose.contains("o") ? STICKY : 0;
                        default -> of(whose, (mode >> shift(each)) & 7);
                    };
        }
        return bits;
    }

    private static int of(String whose, int digit) {
        return whose.chars().map(who -> digit << shift(who)).reduce(0, (a, b) -> a | b);
    }

    private static int shift(int who) {
        return who == 'u' ? 6 : who == 'g' ? 3 : 0;
    }

    /** What this makes of a file's lower twelve bits of st_mode. */
    int of(int mode, boolean directory) {
        int made = mode;
        for (var change : changes) made = change.of(made, directory);
        return made;
    }
}
