package dev.rootbound.engine;

import dev.rootbound.image.Reference;
import dev.rootbound.network.Cidr;
import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.RuntimeConfig;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that a request asks for and that a policy decides about.
 *
 * @param words of the setting, of which one must be allowed
 * @param what it is, for people
 * @param more whether it is more than a container has of which nothing is asked: it is recorded if
 *     it is granted
 */
record Ask(Setting setting, List<String> words, String what, boolean more) {
    private static final String ALLOW = "allow";
    private static final String HOST = "host";

    /** User namespaces with ids of the host. */
    private static final Set<String> HOSTS = Set.of(HOST, "map");

    Ask {
        words = List.copyOf(words);
    }

    Ask(Setting setting, String word, String what, boolean more) {
        this(setting, List.of(word), what, more);
    }

    /** All that a container asks for, without its host paths, its ports and its image. */
    static List<Ask> of(ContainerSpec spec) {
        var isolation = spec.isolation();
        var asks = new ArrayList<Ask>();
        if (isolation.privileged()) asks.addAll(privileged("privileged mode", true));
        for (var name : isolation.capAdd()) asks.add(capability(name));
        switch (isolation.seccomp()) {
            case Isolation.Seccomp.Default _ -> {}
            case Isolation.Seccomp.Profile _ ->
                    asks.add(new Ask(Setting.SECCOMP, "profile", "its own seccomp profile", true));
            case Isolation.Seccomp.Unconfined _ -> {
                asks.add(new Ask(Setting.SECCOMP, "unconfined", "no seccomp filter", true));
                asks.add(new Ask(Setting.SET_USER_ID_FILES, ALLOW, "no seccomp filter", false));
            }
        }
        addUnmasked(asks, isolation);
        addNamespaces(asks, isolation);
        for (var device : isolation.devices()) {
            var source = device.source();
            asks.add(new Ask(Setting.DEVICES, source, "device " + shown(source), true));
        }
        for (var name : isolation.sysctls().keySet()) {
            asks.add(new Ask(Setting.SYSCTLS, name, "sysctl " + shown(name), true));
        }
        addUser(asks, spec.user());
        return asks;
    }

    /** What of a container reaches the host. */
    static Stream<Ask> reachingHost(ContainerSpec spec) {
        return of(spec).stream().filter(Ask::reachesHost);
    }

    /** Whether it reaches out of a container's user namespace: nobody who is in one gets it. */
    boolean reachesHost() {
        return switch (setting) {
            case HOST_NAMESPACES, DEVICES, MAP_IDS -> true;
            case USERNS -> words.stream().anyMatch(HOSTS::contains);
            default -> false;
        };
    }

    /** All that a further process asks for. */
    static List<Ask> of(ContainerSpec container, Engine.ExecSpec exec) {
        var asks = new ArrayList<Ask>();
        if (exec.privileged()) asks.addAll(privileged("a privileged exec", false));
        addUser(asks, exec.user().isEmpty() ? container.user() : exec.user());
        return asks;
    }

    /** What privileged mode brings along is allowed or denied by itself. */
    private static List<Ask> privileged(String what, boolean first) {
        var asks = new ArrayList<Ask>();
        asks.add(new Ask(Setting.PRIVILEGED, ALLOW, what, true));
        asks.add(new Ask(Setting.CAPABILITIES, "ALL", "all capabilities of " + what, false));
        if (first) {
            var filter = "no seccomp filter of " + what;
            asks.add(new Ask(Setting.SECCOMP, "unconfined", filter, false));
            asks.add(new Ask(Setting.SET_USER_ID_FILES, ALLOW, filter, false));
            asks.add(
                    new Ask(
                            Setting.UNMASKED_PATHS,
                            ALLOW,
                            "unmasked paths of /proc and /sys of " + what,
                            false));
        }
        return asks;
    }

    private static Ask capability(String text) {
        var upper = text.toUpperCase(Locale.ROOT);
        var name = upper.equals("ALL") || upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        boolean more = !Capabilities.DEFAULT.contains(name);
        return new Ask(Setting.CAPABILITIES, name, "capability " + shown(name), more);
    }

    private static void addUnmasked(List<Ask> asks, Isolation isolation) {
        boolean masked =
                hasAll(isolation.maskedPaths(), RuntimeConfig.DEFAULT_MASKED_PATHS)
                        && hasAll(isolation.readonlyPaths(), RuntimeConfig.DEFAULT_READONLY_PATHS);
        if (!masked) {
            asks.add(
                    new Ask(
                            Setting.UNMASKED_PATHS,
                            ALLOW,
                            "unmasked paths of /proc and /sys",
                            true));
        }
    }

    private static boolean hasAll(@Nullable Collection<String> asked, Collection<String> usual) {
        return asked == null || asked.containsAll(usual);
    }

    private static void addNamespaces(List<Ask> asks, Isolation isolation) {
        var userns = userns(isolation.usernsMode());
        if (!userns.isEmpty()) {
            boolean more = HOSTS.contains(userns);
            var mode = "user namespace mode " + shown(isolation.usernsMode());
            var what = more ? mode + ", with ids of the host," : mode;
            asks.add(new Ask(Setting.USERNS, userns, what, more));
        }
        for (var other : Joins.of(isolation).others()) {
            asks.add(
                    new Ask(
                            Setting.USERNS,
                            "container",
                            "the namespaces of container " + shown(other),
                            false));
        }
        addHosts(asks, "network", isolation.networkMode());
        addHosts(asks, "ipc", isolation.ipcMode());
        addHosts(asks, "pid", isolation.pidMode());
        addHosts(asks, "uts", isolation.utsMode());
        addHosts(asks, "cgroup", isolation.cgroupnsMode());
    }

    /** Its word; empty if it is no more than ids of its own, or no mode. */
    private static String userns(String mode) {
        if (UserNamespaceMode.isHost(mode)) return HOST;
        if (UserNamespaceMap.is(mode)) return "map";
        return mode.equals("keep-id") || mode.startsWith("keep-id:") ? "keep-id" : "";
    }

    private static void addHosts(List<Ask> asks, String which, String mode) {
        if (mode.equals(HOST) || mode.startsWith("ns:")) {
            var what = which + " namespace mode " + shown(mode);
            asks.add(new Ask(Setting.HOST_NAMESPACES, which, what, true));
        }
    }

    /** Whom a name stands for is seen in the container: {@link Policy}. */
    private static void addUser(List<Ask> asks, String user) {
        var name = user.split(":", -1)[0];
        if (name.isEmpty() || name.equals("root") || name.matches("\\+?0+")) {
            asks.add(new Ask(Setting.ROOT_USER, ALLOW, "user root", false));
        }
    }

    /**
     * What a container asks with its image.
     *
     * @param name as it was asked for
     * @param digests by which it was pulled
     */
    static List<Ask> ofImage(String name, Collection<String> digests) {
        var asks = new ArrayList<Ask>();
        var image = "image " + shown(name);
        if (!name.contains("@sha256:")) {
            asks.add(new Ask(Setting.IMAGE_DIGESTS, "optional", image + " without digest", false));
        }
        var from = digests.stream().map(Reference::parse).map(Ask::repository).toList();
        asks.add(new Ask(Setting.IMAGE_REGISTRIES, from, image, false));
        return asks;
    }

    /** That ports of the host lead to it, if any do. */
    static List<Ask> ofPublishing(NetworkSpec network) {
        boolean publishes = network.publishAll() || !network.bindings().isEmpty();
        if (!publishes) return List.of();
        return List.of(new Ask(Setting.PUBLISHED_PORTS, ALLOW, "a published port", false));
    }

    /**
     * The host's ports that it publishes and that are not everybody's.
     *
     * @param lowest of those that are
     */
    static List<Ask> ofPorts(NetworkSpec network, int lowest) {
        return network.bindings().stream()
                .map(NetworkSpec.Binding::firstHostPort)
                .filter(port -> port > 0 && port < lowest)
                .map(port ->
                        new Ask(Setting.LOW_PORTS, ALLOW, "port " + port + " of the host", false))
                .toList();
    }

    /** What a network is to have as its subnet: the host's route. */
    static Ask ofSubnet(Cidr subnet) {
        return new Ask(Setting.SUBNETS, subnet.toString(), "subnet " + subnet, false);
    }

    private static String repository(Reference reference) {
        return reference.domain() + "/" + reference.path();
    }

    /** A pull. */
    static Ask ofPull(Reference reference) {
        var what = "image " + reference.familiar();
        return new Ask(Setting.IMAGE_REGISTRIES, repository(reference), what, false);
    }

    private static String shown(String text) {
        return TextRule.shown(text);
    }
}
