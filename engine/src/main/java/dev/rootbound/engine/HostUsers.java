package dev.rootbound.engine;

import dev.rootbound.idmap.HostIds;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.linux.Getent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The host's users: from /etc/passwd, else from whatever else getent(1) asks. */
class HostUsers {
    /** How long what getent says counts, and how long that it knows nobody. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private static final Duration NOBODY_REMEMBERED = Duration.ofSeconds(10);
    private static final int MOST_REMEMBERED = 10_000;

    private final ParsedFile<SubidFile> subuid;
    private final ParsedFile<SubidFile> subgid;
    private final ParsedFile<List<User>> passwd;
    private final ParsedFile<Set<Long>> groups;
    private final Map<String, Learned> elsewhere = new ConcurrentHashMap<>();
    private final InstantSource clock;

    private record User(String name, long uid, long gid) {
        /** A number is a uid, also if somebody is called so. */
        boolean is(String asked) {
            return isId(asked) ? asked.equals(Long.toString(uid)) : name.equals(asked);
        }
    }

    /**
     * What getent said.
     *
     * @param user empty: there is no such user
     */
    private record Learned(Optional<User> user, Instant until) {}

    /**
     * @param etc where the files are
     */
    HostUsers(Path etc, InstantSource clock) {
        this.clock = clock;
        this.subuid = subids(etc.resolve("subuid"));
        this.subgid = subids(etc.resolve("subgid"));
        this.passwd = new ParsedFile<>(etc.resolve("passwd"), text -> users(text.lines()));
        this.groups = new ParsedFile<>(etc.resolve("group"), text -> HostIds.of("", text));
    }

    private static ParsedFile<SubidFile> subids(Path file) {
        return new ParsedFile<>(file, text -> SubidFile.parse(text, file.toString()));
    }

    /** Who has which subordinate uids. */
    SubidFile subordinates() throws IOException {
        return subuid.get();
    }

    /** Who has which subordinate gids. */
    SubidFile subordinateGroups() throws IOException {
        return subgid.get();
    }

    /** The uids and gids of the users and groups in /etc. */
    Set<Long> ids() throws IOException {
        var ids = new HashSet<>(groups.get());
        for (var user : passwd.get()) {
            ids.add(user.uid);
            ids.add(user.gid);
        }
        return ids;
    }

    /**
     * The uid of a user by name or by uid, if that is known without asking anybody: from
     * /etc/passwd, or because it was asked lately.
     */
    OptionalLong known(String user) throws IOException {
        return uid(knownUser(user));
    }

    /** The uid of a user by name or by uid; empty if there is none. May ask a directory server. */
    OptionalLong uid(String user) throws IOException {
        return uid(user(user));
    }

    private static OptionalLong uid(Optional<User> user) {
        return user.isEmpty() ? OptionalLong.empty() : OptionalLong.of(user.get().uid);
    }

    /** The name of the user with a uid; the number if there is none. */
    String name(long uid) throws IOException {
        var number = Long.toString(uid);
        return user(number).map(User::name).orElse(number);
    }

    private Optional<User> knownUser(String asked) throws IOException {
        // the first line of several counts, passwd(5)
        var local = passwd.get().stream().filter(user -> user.is(asked)).findFirst();
        var learned = learned(asked);
        return local.isPresent() || learned == null ? local : learned.user;
    }

    private Optional<User> user(String asked) throws IOException {
        var known = knownUser(asked);
        if (known.isPresent() || learned(asked) != null) {
            return known;
        }
        var user = ask(asked);
        if (elsewhere.size() >= MOST_REMEMBERED) {
            elsewhere.clear();
        }
        var counts = user.isPresent() ? REMEMBERED : NOBODY_REMEMBERED;
        elsewhere.put(asked, new Learned(user, clock.instant().plus(counts)));
        return user;
    }

    private @Nullable Learned learned(String user) {
        var learned = elsewhere.get(user);
        return learned != null && clock.instant().isBefore(learned.until) ? learned : null;
    }

    private static Optional<User> ask(String asked) throws IOException {
        var lines = Getent.lines("passwd", asked).stream();
        return users(lines).stream().filter(user -> user.is(asked)).findFirst();
    }

    private static List<User> users(Stream<String> passwd) {
        return passwd.map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 3 && isId(fields[2]) && isId(fields[3]))
                .map(fields ->
                        new User(fields[0], Long.parseLong(fields[2]), Long.parseLong(fields[3])))
                .toList();
    }

    private static boolean isId(String field) {
        return field.matches("[0-9]{1,10}");
    }
}
