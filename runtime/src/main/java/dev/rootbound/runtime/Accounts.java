package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lines of an image's passwd(5) and group(5), which anybody may have written. */
record Accounts(List<User> users, List<Group> groups) {
    /** Bytes of each file; a real one has some kilobytes, and it is read for every start. */
    private static final int MAX_SIZE = 1 << 20;

    /** Numbers as they stand in the file: whether they are any is seen when they are needed. */
    record User(String name, String uid, String gid, String home) {}

    record Group(String name, String gid, List<String> members) {}

    static Accounts parse(byte @Nullable [] passwd, byte @Nullable [] group) throws InvalidSpec {
        return new Accounts(
                lines("passwd", passwd).map(Accounts::user).toList(),
                lines("group", group)
                        .filter(Predicate.not(line -> line.startsWith("#")))
                        .map(Accounts::group)
                        .toList());
    }

    private static Stream<String> lines(String file, byte @Nullable [] bytes) throws InvalidSpec {
        if (bytes == null) {
            return Stream.empty();
        }
        if (bytes.length > MAX_SIZE) {
            throw new InvalidSpec(
                    "the image's "
                            + file
                            + " file has "
                            + bytes.length
                            + " bytes: more than "
                            + MAX_SIZE
                            + " are not read; give user and group as numbers or shrink the file");
        }
        return new String(bytes, UTF_8)
                .lines()
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty));
    }

    private static User user(String line) {
        var fields = line.split(":", -1);
        return new User(fields[0], field(fields, 2), field(fields, 3), field(fields, 5));
    }

    private static Group group(String line) {
        var fields = line.split(":", -1);
        return new Group(fields[0], field(fields, 2), List.of(field(fields, 3).split(",")));
    }

    private static String field(String[] fields, int index) {
        return index < fields.length ? fields[index] : "";
    }
}
