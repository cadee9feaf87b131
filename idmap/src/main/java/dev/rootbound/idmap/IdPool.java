package dev.rootbound.idmap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The host ids that containers lease, in aligned blocks of {@link #BLOCK}. No two leases overlap,
 * and none has an id of anybody else's. A freed block is given out again after all that were never
 * used, oldest first, so that a leftover of its last user has the longest time to be noticed.
 * Thread-safe.
 */
public final class IdPool {
    /** How many ids a container has, and what their first is a multiple of. */
    public static final long BLOCK = 65_536;

    private final String description;
    private final Set<Long> ours;
    private final ArrayDeque<Long> free;

    /** Of what is leased, by first id; one for each handle. */
    private final Map<Long, List<String>> holders = new ConcurrentHashMap<>();

    private final Claims claims;

    /**
     * Blocks of {@code pool} that touch nothing of somebody else's: the ids below {@link #BLOCK},
     * the foreign range, {@code reserved} and {@code realIds} are never leased.
     *
     * @param pool the engine's own lines in /etc/subuid and /etc/subgid
     * @param reserved other users' lines, and whatever else to avoid
     * @param realIds uids and gids of the host's users and groups, see {@link HostIds}
     * @param claims what other engines of this host have leased
     */
    public IdPool(
            Collection<IdRange> pool,
            Collection<IdRange> reserved,
            Collection<Long> realIds,
            Claims claims) {
        this.claims = claims;
        description = pool.stream().map(IdRange::toString).collect(Collectors.joining(", "));
        var blocks = new TreeSet<Long>();
        pool.forEach(range -> addBlocks(range, blocks));
        reserved.forEach(range -> removeTouched(range, blocks));
        removeTouched(IdRange.FOREIGN, blocks);
        realIds.forEach(id -> blocks.remove(id - id % BLOCK));
        ours = Set.copyOf(blocks);
        free = new ArrayDeque<>(blocks);
    }

    private static void addBlocks(IdRange range, SortedSet<Long> blocks) {
        long first = Math.max(BLOCK, Math.ceilDiv(range.first(), BLOCK) * BLOCK);
        for (long block = first; block + BLOCK <= range.end(); block += BLOCK) {
            blocks.add(block);
        }
    }

    private static void removeTouched(IdRange range, SortedSet<Long> blocks) {
        blocks.subSet(range.first() - range.first() % BLOCK, range.end()).clear();
    }

    /**
     * Leases a block until the last handle is closed.
     *
     * @param holder see {@link Claims#take}
     * @throws IOException if none is free; the message says how to enlarge the pool
     */
    public synchronized Lease lease(String holder) throws IOException {
        for (int untried = free.size(); untried > 0; untried--) {
            long first = free.remove();
            if (claims.take(new IdRange(first, BLOCK), holder)) {
                return take(first, holder);
            }
            free.add(first); // another engine's, or of a container that this one cannot tell
            // anything of
        }
        throw new PoolExhausted(exhausted());
    }

    /**
     * Takes over a lease that an earlier engine gave and whose container still runs. It need not be
     * in today's pool; if it is not, it is not given out again.
     *
     * @throws IllegalArgumentException if it overlaps a lease or was never one
     */
    public synchronized Lease adopt(IdRange range, String holder) throws IOException {
        boolean block = range.size() == BLOCK && range.first() % BLOCK == 0 && range.first() > 0;
        if (!block || range.equals(IdRange.FOREIGN)) {
            throw new IllegalArgumentException("ids " + range + " were never a lease");
        }
        if (holders.getOrDefault(range.first(), List.of()).contains(holder)) {
            throw new IllegalArgumentException("ids " + range + " are leased already");
        }
        if (!claims.adopt(range, holder)) {
            throw new IllegalArgumentException("ids " + range + " are another container's by now");
        }
        free.remove(range.first());
        return take(range.first(), holder);
    }

    /** How many blocks there are, leased or not. */
    public int size() {
        return ours.size();
    }

    /** How many blocks are leased now. */
    public synchronized int leased() {
        return holders.size();
    }

    /** Who leases this id, as {@link #lease} was told; empty if nobody does. Waits for nothing. */
    public Optional<String> holder(long id) {
        return holders.getOrDefault(id - id % BLOCK, List.of()).stream().findFirst();
    }

    private Lease take(long first, String holder) {
        holders.merge(first, List.of(holder), IdPool::joined);
        return new Lease(this, new IdRange(first, BLOCK), holder);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** For a handle that is not closed. */
    synchronized Lease share(IdRange range, String holder) throws IOException {
        claims.share(range, holder);
        return take(range.first(), holder);
    }

    /** A handle is closed; the last one frees the block. */
    synchronized void release(IdRange range, String holder) {
        var left = new ArrayList<>(holders.getOrDefault(range.first(), List.of()));
        left.remove(holder);
        boolean unclaimed = unclaimed(range, holder);
        if (!left.isEmpty()) {
            holders.put(range.first(), List.copyOf(left));
            return;
        }
        holders.remove(range.first());
        if (unclaimed && ours.contains(range.first())) {
            free.add(range.first());
        }
    }

    /** If not, it stays claimed on this host, so that it is nobody's any more. */
    private boolean unclaimed(IdRange range, String holder) {
        try {
            return claims.release(range, holder);
        } catch (IOException e) {
            return false;
        }
    }

    private String exhausted() {
        var pool = description.isEmpty() ? "is empty" : "(ids " + description + ") has no more";
        return "no ids for another container: "
                + holders.size()
                + " leases of 65536 ids are in use and the pool "
                + pool
                + " that is free of other users' ids; stop a container, or enlarge the pool: a"
                + " longer or second line of user rootbound (rootbound:FIRST:SIZE) in both"
                + " /etc/subuid and /etc/subgid, then restart the engine";
    }

    /** Gives back what engines that died had claimed, and nothing runs under. */
    public void releaseVoid() throws IOException {
        claims.releaseVoid();
    }
}
