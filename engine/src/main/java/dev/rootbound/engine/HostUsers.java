package dev.rootbound.engine;

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
    private final ParsedFile<List<Group>> groups;
    private final Map<String, LearnedGroup> groupsElsewhere = new ConcurrentHashMap<>();
    private final Map<String, Learned> elsewhere = new ConcurrentHashMap<>();
    private final Map<String, Membership> memberships = new ConcurrentHashMap<>();
    private final InstantSource clock;

    private record User(String name, long uid, long gid) {
        /** A number is a uid, also if somebody is called so. */
        boolean is(String asked) {
            return isId(asked) ? asked.equals(Long.toString(uid)) : name.equals(asked);
        }
    }

    /**
     * A group.
     *
     * @param members names of those whose it is besides their primary one
     */
    record Group(String name, long gid, Set<String> members) {
        boolean is(String asked) {
            return isId(asked) ? asked.equals(Long.toString(gid)) : name.equals(asked);
        }
    }

    /** Which groups a user was in; not for long, for he may be put out of one. */
    private record Membership(List<Long> gids, Instant until) {}

    private record LearnedGroup(Optional<Group> group, Instant until) {}

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
        this.groups = new ParsedFile<>(etc.resolve("group"), text -> groups(text.lines()));
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
        var ids = new HashSet<Long>();
        for (var group : groups.get()) ids.add(group.gid);
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

    /** A group by name or gid; empty if there is none. May ask a directory server. */
    Optional<Group> group(String asked) throws IOException {
        var local = groups.get().stream().filter(group -> group.is(asked)).findFirst();
        if (local.isPresent()) return local;
        var learned = groupsElsewhere.get(asked);
        if (learned != null && clock.instant().isBefore(learned.until)) return learned.group;
        var lines = Getent.lines("group", asked).stream();
        var group = groups(lines).stream().filter(each -> each.is(asked)).findFirst();
        if (groupsElsewhere.size() >= MOST_REMEMBERED) groupsElsewhere.clear();
        groupsElsewhere.put(asked, new LearnedGroup(group, until(group)));
        return group;
    }

    /** Whether a user is in a group, as the host's files and directories have it. */
    boolean isMember(long uid, Group group) throws IOException {
        var user = user(Long.toString(uid));
        if (user.isEmpty()) return false;
        return user.get().gid == group.gid || group.members.contains(user.get().name);
    }

    /**
     * A user as the host's databases have it, for whom no process speaks.
     *
     * @param groups supplementary
     */
    record Identity(String name, long uid, long gid, List<Long> groups) {}

    /** A user by name or uid; empty if there is none. May ask a directory server. */
    Optional<Identity> identity(String asked) throws IOException {
        var user = user(asked);
        if (user.isEmpty()) return Optional.empty();
        var found = user.get();
        return Optional.of(
                new Identity(found.name, found.uid, found.gid, supplementary(found.name)));
    }

    private List<Long> supplementary(String name) throws IOException {
        var learned = memberships.get(name);
        if (learned != null && clock.instant().isBefore(learned.until)) return learned.gids;
        var gids =
                Getent.lines("initgroups", name).stream()
                        .flatMap(line -> Stream.of(line.substring(name.length()).split(" +", -1)))
                        .filter(HostUsers::isId)
                        .map(Long::parseLong)
                        .distinct()
                        .toList();
        if (memberships.size() >= MOST_REMEMBERED) memberships.clear();
        memberships.put(name, new Membership(gids, clock.instant().plus(NOBODY_REMEMBERED)));
        return gids;
    }

    private Instant until(Optional<?> known) {
        return clock.instant().plus(known.isPresent() ? REMEMBERED : NOBODY_REMEMBERED);
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
        elsewhere.put(asked, new Learned(user, until(user)));
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

    private static List<Group> groups(Stream<String> lines) {
        return lines.map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 2 && isId(fields[2]))
                .map(fields -> new Group(fields[0], Long.parseLong(fields[2]), members(fields)))
                .toList();
    }

    private static Set<String> members(String[] fields) {
        return fields.length > 3 ? Set.copyOf(List.of(fields[3].split(","))) : Set.of();
    }

    private static boolean isId(String field) {
        return field.matches("[0-9]{1,10}");
    }
}
