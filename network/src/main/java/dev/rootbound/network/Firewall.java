package dev.rootbound.network;

import dev.rootbound.linux.Failpoint;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of one engine, in an nftables table of its own that is put whole after each change:
 * nobody else's table is read or written, and who flushes ours gets it back by {@link #restore}.
 *
 * <p>Changes that come together are put together: who comes while one is under way waits for the
 * next, which has all of them.
 */
public final class Firewall {
    private final String table;
    private final Object turn = new Object(); // held while nft(8) runs

    // guarded by this
    private final Map<String, Bridge> bridges = new HashMap<>();
    private final Set<Port> ports = new HashSet<>();
    private long wanted;
    private long done;
    private String listed = "";

    /**
     * @param table its name: letters, digits, underscores
     */
    public Firewall(String table) {
        this.table = table;
    }

    /** A bridge has its rules on return. */
    public void add(Bridge bridge) throws IOException {
        synchronized (this) {
            if (bridge.equals(bridges.put(bridge.name(), bridge))) return;
            wanted++;
        }
        putOr(() -> bridges.remove(bridge.name())); // who tries again must not find it done
    }

    /** A bridge that is gone has none on return; ports that lead there must be closed before. */
    public void remove(Bridge bridge) throws IOException {
        synchronized (this) {
            if (bridges.remove(bridge.name()) == null) return;
            wanted++;
        }
        put();
    }

    /** These ports lead where they are to on return, also who used them before. */
    public void open(Collection<Port> some) throws IOException {
        if (some.isEmpty()) return;
        synchronized (this) {
            ports.addAll(some);
            wanted++;
        }
        putOr(() -> ports.removeAll(some));
        Tracking.forgetOthers(some);
    }

    /** What fails may be there in part, or be in the way of the next change: it is taken back. */
    private void putOr(Runnable takeBack) throws IOException {
        try {
            put();
        } catch (IOException e) {
            synchronized (this) {
                takeBack.run();
                wanted++;
            }
            try {
                put();
            } catch (IOException again) {
                e.addSuppressed(again); // restore() tries on
            }
            throw e;
        }
    }

    /** These ports lead nowhere on return. */
    public void close(Collection<Port> some) throws IOException {
        if (some.isEmpty()) return;
        synchronized (this) {
            if (!ports.removeAll(some)) return;
            wanted++;
        }
        put();
        Tracking.forget(some);
    }

    /** Of a new engine that knows all that there is to be: puts it, whatever is there. */
    public void putAll(Collection<Bridge> all, Collection<Port> open) throws IOException {
        synchronized (this) {
            for (var bridge : all) bridges.put(bridge.name(), bridge);
            ports.addAll(open);
            wanted++;
        }
        put();
    }

    private void put() throws IOException {
        long mine;
        synchronized (this) {
            mine = wanted;
        }
        synchronized (turn) {
            String text;
            long now;
            synchronized (this) {
                if (done >= mine) return; // whoever was before us has put ours too
                now = wanted;
                text = FirewallPlan.text(table, bridges.values(), ports);
            }
            var _ = Program.of("nft", "-f", "-").run(text);
            Failpoint.reach("network.rules-put");
            synchronized (this) {
                done = now;
                listed = "";
            }
        }
    }

    /**
     * Puts the table again if somebody has changed or flushed it.
     *
     * @return whether that was so
     */
    public boolean restore() throws IOException {
        synchronized (turn) {
            String text;
            String before;
            List<Port> open;
            long now;
            boolean asPut;
            synchronized (this) {
                asPut = done == wanted;
                if (bridges.isEmpty() && asPut) return false;
                text = FirewallPlan.text(table, bridges.values(), ports);
                before = listed;
                open = List.copyOf(ports);
                now = wanted;
            }
            if (asPut && !before.isEmpty() && before.equals(list())) return false;
            var _ = Program.of("nft", "-f", "-").run(text); // unlisted: as it is, it is not known
            var after = list();
            synchronized (this) {
                done = now;
                listed = after;
            }
            boolean changed = asPut && !before.isEmpty();
            if (changed) Tracking.forgetOthers(open);
            return changed;
        }
    }

    /** Empty if it is not there. */
    private String list() throws IOException {
        var tables = Program.of("nft", "list", "tables", "inet").run("");
        boolean there = tables.lines().anyMatch(line -> line.strip().endsWith(" " + table));
        return there ? Program.of("nft", "-s", "list", "table", "inet", table).run("") : "";
    }
}
