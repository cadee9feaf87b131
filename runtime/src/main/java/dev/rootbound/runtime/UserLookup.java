package dev.rootbound.runtime;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.runtime.Accounts.Group;
import dev.rootbound.runtime.Accounts.User;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which ids a container's {@code user[:group]} stands for, as Docker decides it (moby/sys/user,
 * GetExecUser): a number is an id even if a user has that name; a number without an entry has group
 * 0; supplementary groups come with an implicit group only. Stricter than Docker in one thing: what
 * is not a usable number is refused, never taken for 0.
 */
public final class UserLookup {
    /** Far more than anybody has; the kernel's NGROUPS_MAX is 65536. */
    private static final int MAX_GROUPS = 1024;

    private final Accounts accounts;
    private final IdMaps ids;

    /**
     * For one image and one container.
     *
     * @param passwd bytes of the image's /etc/passwd, {@code null} if it has none
     * @param group bytes of the image's /etc/group, {@code null} if it has none
     * @param ids what the container has; ids outside are refused
     */
    public UserLookup(byte @Nullable [] passwd, byte @Nullable [] group, IdMaps ids)
            throws InvalidSpec {
        this.accounts = Accounts.parse(passwd, group);
        this.ids = ids;
    }

    /**
     * Finds the ids.
     *
     * @param userSpec {@code user[:group]}, names or numbers; empty: uid 0 and what passwd says of
     *     it
     * @param groupAdd further groups, names or numbers
     */
    public ProcessSpec.UserIds find(String userSpec, List<String> groupAdd) throws InvalidSpec {
        int colon = userSpec.indexOf(':');
        var userText = colon < 0 ? userSpec : userSpec.substring(0, colon);
        var groupText = colon < 0 ? "" : userSpec.substring(colon + 1);

        var entry = user(userText);
        long uid = entry.isPresent() ? uid(entry.get()) : number("user", userText);
        long gid = groupText.isEmpty() ? primary(entry) : group(groupText);

        var gids = new LinkedHashSet<Long>();
        gids.add(gid); // in the list too, else a setgroups-less drop of it is possible
        // (CVE-2022-36109)
        if (groupText.isEmpty() && entry.isPresent()) {
            addMemberships(entry.get().name(), gids);
        }
        for (var added : groupAdd) {
            gids.add(group(added));
        }
        return checked(uid, gid, gids, entry.map(User::home).orElse(""));
    }

    private Optional<User> user(String text) throws InvalidSpec {
        var number = text.isEmpty() ? OptionalLong.of(0) : AccountNumber.parse("user", text);
        Predicate<User> meant =
                number.isPresent()
                        ? u -> AccountNumber.field(u.uid()).equals(number)
                        : u -> u.name().equals(text);
        var found = accounts.users().stream().filter(meant).findFirst();
        if (found.isEmpty() && number.isEmpty()) {
            throw new InvalidSpec(
                    "unable to find user " + text + ": no matching entries in passwd file");
        }
        return found;
    }

    private static long uid(User user) throws InvalidSpec {
        return AccountNumber.field(user.uid())
                .orElseThrow(() -> unusable("user " + user.name(), "uid", user.uid()));
    }

    private static long primary(Optional<User> user) throws InvalidSpec {
        var text = user.map(User::gid).orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        return AccountNumber.field(text)
                .orElseThrow(() -> unusable("user " + user.orElseThrow().name(), "gid", text));
    }

    private long group(String text) throws InvalidSpec {
        var number = AccountNumber.parse("group", text);
        if (number.isPresent()) {
            return number.getAsLong(); // its entry, if there is one, has no other number
        }
        var named = accounts.groups().stream().filter(g -> g.name().equals(text)).findFirst();
        if (named.isEmpty()) {
            throw new InvalidSpec(
                    "unable to find group " + text + ": no matching entries in group file");
        }
        return gid(named.get());
    }

    private void addMemberships(String user, Set<Long> gids) throws InvalidSpec {
        for (var group : accounts.groups()) {
            if (group.members().contains(user)) {
                gids.add(gid(group));
            }
        }
    }

    private static long gid(Group group) throws InvalidSpec {
        return AccountNumber.field(group.gid())
                .orElseThrow(() -> unusable("group " + group.name(), "gid", group.gid()));
    }

    private static long number(String what, String text) throws InvalidSpec {
        return text.isEmpty() ? 0 : AccountNumber.parse(what, text).orElseThrow();
    }

    private static InvalidSpec unusable(String whose, String what, String text) {
        return new InvalidSpec(
                whose + ": the image's entry has a " + what + " that is no id: '" + text + "'");
    }

    private ProcessSpec.UserIds checked(long uid, long gid, Set<Long> gids, String home)
            throws InvalidSpec {
        if (gids.size() > MAX_GROUPS) {
            throw new InvalidSpec(
                    "user "
                            + uid
                            + " is in "
                            + gids.size()
                            + " groups; "
                            + MAX_GROUPS
                            + " are the most");
        }
        refuseOutside("user", uid, ids.uids());
        for (long each : gids) {
            refuseOutside("group", each, ids.gids());
        }
        return new ProcessSpec.UserIds(uid, gid, List.copyOf(gids), home.isEmpty() ? "/" : home);
    }

    private static void refuseOutside(String what, long id, IdMap ids) throws InvalidSpec {
        if (ids.toHost(id).isEmpty()) {
            throw new InvalidSpec(
                    what + " " + id + " is outside this container's " + ids.insideText());
        }
    }
}
