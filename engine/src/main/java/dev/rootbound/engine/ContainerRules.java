package dev.rootbound.engine;

import dev.rootbound.oci.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code containers:} of the policy file, the rules of {@link ContainerPolicy}. */
final class ContainerRules {
    private static final String PROFILE = "profile";

    private final String file;

    private ContainerRules(String file) {
        this.file = file;
    }

    static ContainerPolicy read(String file, YamlMapping root) throws MalformedException {
        var reader = new ContainerRules(file);
        var section = root.mapping("containers", keys("users"));
        if (section.isEmpty()) {
            var none = new ContainerPolicy.Rules(ContainerPolicy.Who.EVERYONE, null, Map.of());
            return new ContainerPolicy(file, none, List.of());
        }
        var everyone = reader.rules(ContainerPolicy.Who.EVERYONE, section.get());
        var seen = new HashSet<ContainerPolicy.Who>();
        return new ContainerPolicy(
                file, everyone, section.get().list("users", node -> reader.user(node, seen)));
    }

    private static String[] keys(String... more) {
        var settings = Arrays.stream(Setting.values()).map(Setting::key);
        return Stream.of(Stream.of(more), Stream.of(PROFILE), settings)
                .flatMap(all -> all)
                .toArray(String[]::new);
    }

    private ContainerPolicy.Rules user(Node node, Set<ContainerPolicy.Who> seen)
            throws MalformedException {
        var mapping = YamlMapping.of(file, node, keys("user", "group"));
        var user = mapping.text("user");
        var group = mapping.text("group");
        if (user.isPresent() == group.isPresent()) {
            throw mapping.malformed("either 'user' or 'group', a name or number, says for whom");
        }
        var who =
                user.isPresent()
                        ? new ContainerPolicy.Who(ContainerPolicy.Who.Kind.USER, user.get())
                        : new ContainerPolicy.Who(
                                ContainerPolicy.Who.Kind.GROUP, group.orElseThrow());
        if (!seen.add(who))
            throw mapping.malformed("there are rules for " + who.name() + " already");
        return rules(who, mapping);
    }

    private ContainerPolicy.Rules rules(ContainerPolicy.Who who, YamlMapping mapping)
            throws MalformedException {
        var settings = new EnumMap<Setting, Allowed>(Setting.class);
        for (var setting : Setting.values()) {
            if (mapping.has(setting.key())) settings.put(setting, allowed(setting, mapping));
        }
        var profile = mapping.parsed(PROFILE, Profile::of);
        if (profile.isEmpty()) return new ContainerPolicy.Rules(who, null, settings);
        var rule = "profile " + profile.get().key() + ", " + mapping.place(PROFILE);
        return new ContainerPolicy.Rules(
                who, new ContainerPolicy.Chosen(profile.get(), rule), settings);
    }

    private Allowed allowed(Setting setting, YamlMapping mapping) throws MalformedException {
        var rule = mapping.place(setting.key());
        if (setting == Setting.HOST_PATHS) return Allowed.of(paths(setting, mapping), rule);
        if (setting.isList() && mapping.isList(setting.key())) {
            return Allowed.of(setting, words(setting, mapping), rule);
        }
        var words = mapping.parsed(setting.key(), setting::allowedBy).orElseThrow();
        return Allowed.of(setting, words, rule);
    }

    private static Set<String> words(Setting setting, YamlMapping mapping)
            throws MalformedException {
        return Set.copyOf(mapping.texts(setting.key(), setting::word));
    }

    private HostPaths paths(Setting setting, YamlMapping mapping) throws MalformedException {
        if (mapping.isText(setting.key())) {
            var words = mapping.parsed(setting.key(), setting::allowedBy).orElseThrow();
            return words.isEmpty() ? HostPaths.NONE : HostPaths.ALL;
        }
        var lists = mapping.mapping(setting.key(), "allow", "read-only", "deny").orElseThrow();
        var rules = new HashMap<String, HostPaths.Access>();
        boolean listed = false;
        for (var access : HostPaths.Access.values()) {
            var key = HostPaths.word(access);
            listed |= lists.has(key) && access != HostPaths.Access.DENIED;
            for (var path : new ArrayList<>(lists.texts(key, setting::word))) {
                if (rules.put(HostPaths.real(path), access) != null) {
                    throw lists.malformed("'" + path + "' stands here twice");
                }
            }
        }
        return new HostPaths(rules, listed ? HostPaths.Access.DENIED : HostPaths.Access.ALLOWED);
    }
}
