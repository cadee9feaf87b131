package dev.rootbound.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Rules of others that drop what is forwarded. All tables are asked of each packet: that ours
 * accepts it does not help where another drops it, as Docker's, ufw's and firewalld's do. They are
 * read, never changed.
 */
public final class OtherFirewalls {
    private static final String OURS = "rootbound_";

    /** All engines' bridges, as nft(8) shows {@code iptables -i rb+} too. */
    private static final String BRIDGES = "\"rb";

    private static final Pattern TABLE = Pattern.compile("table (\\S+) (\\S+) \\{");
    private static final Pattern CHAIN = Pattern.compile("\\s+chain (\\S+) \\{");
    private static final Pattern HOOK = Pattern.compile("\\s+type filter hook forward .*");
    private static final Pattern END =
            Pattern.compile("\\s+(counter packets \\d+ bytes \\d+ )?(drop|reject( with .*)?)");

    private OtherFirewalls() {}

    /** Asks nft(8), and tells what it says. */
    interface Lister {
        String list(String... what) throws IOException;
    }

    /** Of each chain that drops what containers send or get a sentence, with what helps. */
    public static List<String> obstacles() throws IOException {
        return obstacles(OtherFirewalls::list);
    }

    private static String list(String... what) throws IOException {
        var arguments = new ArrayList<>(List.of("list"));
        arguments.addAll(List.of(what));
        return Program.of("nft", arguments.toArray(String[]::new)).run("");
    }

    static List<String> obstacles(Lister nft) throws IOException {
        var obstacles = new ArrayList<String>();
        var text = nft.list("chains");
        for (var chain : forwarding(text)) {
            if (!chain.drops() && !endsWithDrop(chain, nft)) continue;
            if (nft.list("table", chain.family(), chain.table()).contains(BRIDGES)) continue;
            obstacles.add(
                    chain
                            + " drops what is forwarded: containers may not reach the world, nor be"
                            + " reached at published ports; let their bridges through: "
                            + remedy(chain, text.contains("\tchain DOCKER-USER {")));
        }
        return obstacles;
    }

    private record Chain(String family, String table, String name, boolean drops) {
        @Override
        public String toString() {
            return "chain " + name + " of the firewall's table " + family + " " + table;
        }
    }

    private static List<Chain> forwarding(String text) {
        var chains = new ArrayList<Chain>();
        var family = "";
        var table = "";
        var name = "";
        for (var line : text.split("\n", -1)) {
            var started = TABLE.matcher(line);
            var chain = CHAIN.matcher(line);
            if (started.matches()) {
                family = started.group(1);
                table = started.group(2);
            } else if (chain.matches()) {
                name = chain.group(1);
            } else if (HOOK.matcher(line).matches() && isRouted(family, table)) {
                chains.add(new Chain(family, table, name, line.contains("policy drop")));
            }
        }
        return chains;
    }

    private static boolean isRouted(String family, String table) {
        return List.of("ip", "ip6", "inet").contains(family) && !table.startsWith(OURS);
    }

    private static boolean endsWithDrop(Chain chain, Lister nft) throws IOException {
        var rules = nft.list("chain", chain.family(), chain.table(), chain.name());
        var lines = rules.lines().filter(line -> line.startsWith("\t\t")).toList();
        return !lines.isEmpty() && END.matcher(lines.getLast()).matches();
    }

    private static String remedy(Chain chain, boolean docker) {
        if (chain.table().equals("firewalld")) {
            return "firewall-cmd --permanent --zone=trusted --add-interface=rb+; firewall-cmd"
                    + " --reload";
        }
        boolean iptables = chain.table().equals("filter") && chain.name().equals("FORWARD");
        if (iptables && !chain.family().equals("inet")) {
            var command = chain.family().equals("ip6") ? "ip6tables" : "iptables";
            var insert = command + " -I " + (docker ? "DOCKER-USER" : "FORWARD");
            return insert + " -i rb+ -j ACCEPT; " + insert + " -o rb+ -j ACCEPT";
        }
        var insert = "nft insert rule " + chain.family() + " " + chain.table() + " " + chain.name();
        return insert + " iifname 'rb*' accept; " + insert + " oifname 'rb*' accept";
    }
}
