package dev.rootbound.network;

import dev.rootbound.linux.Namespaces;
import dev.rootbound.linux.ProcFile;
import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The host's bridges, and the pairs of links, veth(4), by which containers are on them. */
public final class Links {
    private static final Path DEVICES = Path.of("/sys/class/net");
    private static final Path SYSCTL = Path.of("/proc/sys/net");

    /** BR_STATE_FORWARDING, linux/if_bridge.h. */
    private static final String FORWARDING = "3";

    private static final int TRIES = 200;

    private Links() {}

    /**
     * A container's side of a link.
     *
     * @param device inside, such as {@code eth0}
     * @param outside the host's side, at most 15 characters
     * @param mac inside
     * @param isDefault whether what is nowhere else goes here
     */
    public record Plug(
            String device,
            String outside,
            String mac,
            @Nullable InetAddress ip4,
            @Nullable InetAddress ip6,
            boolean isDefault) {
        /** Its address of a family; {@code null}: none. */
        public @Nullable InetAddress address(boolean ipv4) {
            return ipv4 ? ip4 : ip6;
        }
    }

    /** Makes a bridge, unless it is there, and has the host route what passes it. */
    public static void makeBridge(Bridge bridge) throws IOException {
        if (isThere(bridge.name())) return;
        route(bridge);
        try (var undo = new Undo()) {
            undo.on(() -> remove(bridge.name()));
            run(bridgeText(bridge));
            set(bridge);
            undo.keep();
        }
    }

    /** What ip(8) cannot. */
    private static void set(Bridge bridge) throws IOException {
        var ipv4 = SYSCTL.resolve("ipv4/conf").resolve(bridge.name());
        Files.writeString(ipv4.resolve("route_localnet"), "1"); // see FirewallPlan
        var ipv6 = SYSCTL.resolve("ipv6/conf").resolve(bridge.name());
        if (!Files.isDirectory(ipv6)) return; // a kernel without IPv6
        Files.writeString(ipv6.resolve("accept_ra"), "0"); // no container is the host's router
        if (bridge.ipv6().isEmpty()) Files.writeString(ipv6.resolve("disable_ipv6"), "1");
    }

    static List<String> bridgeText(Bridge bridge) {
        var name = bridge.name();
        var lines = new ArrayList<String>();
        // else it has that of one of its plugs, and another one when that is removed
        var mac = bridge.ipv4().map(side -> " address " + mac(side.gateway())).orElse("");
        lines.add("link add name " + name + mac + " type bridge");
        if (bridge.mtu() > 0) lines.add("link set dev " + name + " mtu " + bridge.mtu());
        if (bridge.ipv6().isEmpty()) lines.add("link set dev " + name + " addrgenmode none");
        for (var side : bridge.sides()) {
            var how = side.cidr().isIpv4() ? " brd +" : " nodad";
            lines.add("addr add " + side + how + " dev " + name);
        }
        lines.add("link set dev " + name + " up");
        return lines;
    }

    /** The host forwards; of IPv6 it goes on listening to its own routers (Linux: accept_ra 2). */
    private static void route(Bridge bridge) throws IOException {
        if (ProcFile.sysctl("net/ipv4/ip_forward") != 1) {
            Files.writeString(SYSCTL.resolve("ipv4/ip_forward"), "1");
        }
        if (bridge.ipv6().isEmpty() || ProcFile.sysctl("net/ipv6/conf/all/forwarding") == 1) return;
        var all = SYSCTL.resolve("ipv6/conf");
        try (var devices = Files.newDirectoryStream(all)) {
            for (var device : devices) {
                var accepts = "net/ipv6/conf/" + device.getFileName() + "/accept_ra";
                if (ProcFile.sysctl(accepts) == 1) {
                    Files.writeString(device.resolve("accept_ra"), "2");
                }
            }
        }
        Files.writeString(all.resolve("all/forwarding"), "1");
    }

    /** Puts a plug of a network namespace into a bridge; nothing of it is left if that fails. */
    public static void plug(Bridge bridge, Path namespace, Plug plug) throws IOException {
        try (var undo = new Undo()) {
            undo.on(() -> remove(plug.outside()));
            run(outsideText(bridge, namespace, plug));
            var inside = lines(insideText(bridge, plug));
            var _ = Program.of("ip", "-batch", "-").in(namespace).run(inside);
            awaitForwarding(plug.outside());
            undo.keep();
        }
    }

    /**
     * The kernel tells the bridge by a work queue that the other side is up; until then it drops
     * the first packet of a program, which is sent again after a second (tcp(7)).
     */
    private static void awaitForwarding(String outside) throws IOException {
        var state = DEVICES.resolve(outside).resolve("brport/state");
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                if (Files.readString(state).strip().equals(FORWARDING)) return;
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.nio.file.NoSuchFileException e) {
            // it was taken away meanwhile
        }
    }

    static List<String> outsideText(Bridge bridge, Path namespace, Plug plug) {
        var outside = plug.outside();
        var mtu = bridge.mtu() > 0 ? " mtu " + bridge.mtu() : "";
        var lines = new ArrayList<String>();
        lines.add(
                "link add name "
                        + outside
                        + mtu
                        + " type veth peer name "
                        + plug.device()
                        + mtu
                        + " address "
                        + plug.mac()
                        + " netns "
                        + namespace);
        lines.add("link set dev " + outside + " addrgenmode none");
        lines.addAll(attachText(bridge, outside));
        return lines;
    }

    private static List<String> attachText(Bridge bridge, String outside) {
        var lines = new ArrayList<String>();
        lines.add("link set dev " + outside + " master " + bridge.name());
        if (!bridge.reach().connected()) {
            lines.add("link set dev " + outside + " type bridge_slave isolated on");
        }
        lines.add("link set dev " + outside + " up");
        return lines;
    }

    /** Puts the host's side of a plug, which is there, into a bridge again. */
    public static void attach(Bridge bridge, String outside) throws IOException {
        run(attachText(bridge, outside));
    }

    /** Whether the host's side of a plug is in a bridge. */
    public static boolean isAttached(String outside) {
        return Files.exists(DEVICES.resolve(outside).resolve("brport"));
    }

    static List<String> insideText(Bridge bridge, Plug plug) {
        var device = plug.device();
        var lines = new ArrayList<String>();
        if (plug.ip6() == null) lines.add("link set dev " + device + " addrgenmode none");
        for (var side : bridge.sides()) {
            var own = plug.address(side.cidr().isIpv4());
            if (own == null) continue;
            var how = side.cidr().isIpv4() ? " brd +" : " nodad";
            lines.add(
                    "addr add "
                            + Addresses.text(own)
                            + "/"
                            + side.cidr().prefix()
                            + how
                            + " dev "
                            + device);
        }
        lines.add("link set dev " + device + " up");
        if (plug.isDefault()) lines.addAll(routeText(bridge, plug));
        return lines;
    }

    private static List<String> routeText(Bridge bridge, Plug plug) {
        var lines = new ArrayList<String>();
        for (var side : bridge.sides()) {
            boolean ipv4 = side.cidr().isIpv4();
            if (plug.address(ipv4) == null) continue;
            lines.add(
                    "route replace default via "
                            + Addresses.text(side.gateway())
                            + " dev "
                            + plug.device()
                            + (ipv4 ? "" : " metric 1024"));
        }
        return lines;
    }

    /** From now on what is nowhere else goes by this plug. */
    public static void makeDefault(Bridge bridge, Path namespace, Plug plug) throws IOException {
        var text = lines(routeText(bridge, plug));
        var _ = Program.of("ip", "-batch", "-").in(namespace).run(text);
    }

    private static void run(List<String> text) throws IOException {
        var _ = Program.of("ip", "-batch", "-").run(lines(text));
    }

    private static String lines(List<String> text) {
        return String.join("\n", text) + "\n";
    }

    /** Removes a link of the host, and with it the other side of a pair; nothing there is fine. */
    public static void remove(String name) throws IOException {
        if (!isThere(name)) return;
        try {
            run(List.of("link del dev " + name));
        } catch (IOException e) {
            if (isThere(name)) throw e; // else it went with its namespace meanwhile
        }
    }

    /** Whether the host has a link of that name. */
    public static boolean isThere(String name) {
        return Files.exists(DEVICES.resolve(name));
    }

    /** The host's links of which this is true, by name. */
    public static List<String> named(Predicate<String> which) throws IOException {
        try (var devices = Files.list(DEVICES)) {
            return devices.map(device -> String.valueOf(device.getFileName()))
                    .filter(which)
                    .sorted()
                    .toList();
        }
    }

    /** The devices of a network namespace. */
    public static Set<String> devices(Path namespace) throws IOException {
        return Namespaces.inNetwork(
                namespace,
                () -> {
                    var names = new HashSet<String>();
                    for (var line : Files.readAllLines(Path.of("/proc/thread-self/net/dev"))) {
                        int colon = line.indexOf(':');
                        if (colon > 0) names.add(line.substring(0, colon).strip());
                    }
                    return names;
                });
    }

    /** A MAC address of an IPv4 one, as Docker makes them: locally administered, IEEE 802. */
    public static String mac(InetAddress ip4) {
        var bytes = ip4.getAddress();
        return String.format("02:42:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
    }

    /** Another name than those taken: {@code eth0}, {@code eth1}… */
    public static String freeDevice(Collection<String> taken) {
        int number = 0;
        while (taken.contains("eth" + number)) number++;
        return "eth" + number;
    }
}
