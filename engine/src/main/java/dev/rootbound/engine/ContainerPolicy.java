package dev.rootbound.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the administrator says of containers. For each setting the first rule counts that is for the
 * caller and says something of it: those of users and groups in the file's order, then that for
 * everyone. A rule with a profile says something of every setting.
 */
public final class ContainerPolicy {
    /** Without a file. */
    static final ContainerPolicy DEFAULT =
            new ContainerPolicy(
                    "/etc/rootbound/policy.yaml",
                    new Rules(Who.EVERYONE, null, Map.of()),
                    List.of());

    private static final Chosen BUILT_IN = new Chosen(Profile.COMPATIBLE, "profile compatible");

    private final String file;
    private final Rules everyone;
    private final List<Rules> users;

    ContainerPolicy(String file, Rules everyone, List<Rules> users) {
        this.file = file;
        this.everyone = everyone;
        this.users = List.copyOf(users);
    }

    /** In which it stands, or could. */
    String file() {
        return file;
    }

    /**
     * For whom rules are.
     *
     * @param kind what the name is of
     * @param name or id
     */
    record Who(Kind kind, String name) {
        static final Who EVERYONE = new Who(Kind.EVERYONE, "");

        /** Of whom. */
        enum Kind {
            EVERYONE,
            USER,
            GROUP
        }

        /**
         * A caller in a container or with a subordinate id is its tenant, whose groups are those
         * that the host knows; of a user itself they are those that it has, too.
         */
        boolean is(Caller caller, HostUsers users) throws IOException {
            return switch (kind) {
                case EVERYONE -> true;
                case USER -> users.uid(name).orElse(-1) == caller.tenant().uid();
                case GROUP -> {
                    var group = users.group(name);
                    yield group.isPresent() && isMember(caller, group.get(), users);
                }
            };
        }

        private static boolean isMember(Caller caller, HostUsers.Group group, HostUsers users)
                throws IOException {
            boolean has = caller.gid() == group.gid() || caller.groups().contains(group.gid());
            return (!caller.leased() && has) || users.isMember(caller.tenant().uid(), group);
        }
    }

    /** A profile, and the line that chose it. */
    record Chosen(Profile profile, String rule) {}

    /** What is said for somebody. */
    record Rules(Who who, @Nullable Chosen profile, Map<Setting, Allowed> settings) {
        Rules {
            settings = Map.copyOf(settings);
        }

        private Optional<Allowed> of(Setting setting, boolean hostRoot) {
            var own = settings.get(setting);
            if (own != null || profile == null) return Optional.ofNullable(own);
            return Optional.of(profile.profile().of(setting, hostRoot, profile.rule()));
        }
    }

    /** All that somebody may have. */
    Map<Setting, Allowed> of(Caller caller, HostUsers known) throws IOException {
        var chain = new ArrayList<Rules>();
        for (var rules : users) if (rules.who().is(caller, known)) chain.add(rules);
        chain.add(everyone);
        chain.add(new Rules(Who.EVERYONE, BUILT_IN, Map.of()));
        var all = new EnumMap<Setting, Allowed>(Setting.class);
        for (var setting : Setting.values()) {
            all.put(
                    setting,
                    chain.stream()
                            .flatMap(rules -> rules.of(setting, caller.isHostRoot()).stream())
                            .findFirst()
                            .orElseThrow());
        }
        return all;
    }
}
