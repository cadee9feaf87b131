package dev.rootbound.engine;

import dev.rootbound.idmap.DiskIds;
import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Stat;
import dev.rootbound.runtime.ProcessSpec.UserIds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Whose a bind mount's files are. The caller's own are the container user's, its groups' are groups
 * of the container's, and all else is its tenant's permanent block's; nobody else's id is mapped,
 * so nobody else's file can be written, whatever its mode. Pure.
 */
record BindIds(Whose whose, Caller caller, Stat source, PermanentBlocks.Block block) {
    private static final int GROUP_WRITES = 020;

    /** nogroup of most distributions: what has it has no other. */
    static final long NO_GROUP = 65_534;

    /** uid_map and gid_map take a page, user_namespaces(7): a line has at most 28 bytes. */
    private static final int GROUPS = 100;

    /** Who is the container's user on disk. */
    enum Whose {
        /** The caller. */
        CALLERS,
        /** Who the source belongs to, as host root is the caller. */
        SOURCES,
        /** Host root, whose the source is: only if the policy has it so. */
        ROOTS,
        /** Nobody: the tenant's permanent block has all. */
        BLOCKS,
        /** The same; the source is somebody's who is not in the container. */
        STRANGERS
    }

    static BindIds of(BindMount bind, Caller caller, Stat source, PermanentBlocks.Block block) {
        return new BindIds(whose(bind, caller, source, block), caller, source, block);
    }

    private static Whose whose(
            BindMount bind, Caller caller, Stat source, PermanentBlocks.Block block) {
        if (caller.leased() || bind.owner().isBlock()) return Whose.BLOCKS;
        if (!caller.isHostRoot()) return Whose.CALLERS;
        if (block.hasUid(source.uid())) return Whose.BLOCKS;
        boolean stranger = source.uid() == 0 || IdRange.FOREIGN.contains(source.uid());
        // another's than when root named it: the container may have put it there
        var found = bind.found();
        boolean another = found != null && found.uid() != source.uid();
        return stranger || another ? Whose.STRANGERS : Whose.SOURCES;
    }

    /** Whether it is a stranger in what is host root's, and was when host root named it. */
    boolean mayBeRoots() {
        return whose == Whose.STRANGERS && source.uid() == 0;
    }

    BindIds asRoot() {
        return new BindIds(Whose.ROOTS, caller, source, block);
    }

    /** With whose rights paths are opened. */
    static Credentials credentials(Caller caller) {
        return new Credentials(caller.uid(), caller.gid(), caller.groups());
    }

    /**
     * Inside uids to those on disk.
     *
     * @param user the container's
     */
    IdMap uids(UserIds user, long size) {
        Map<Long, Long> own =
                switch (whose) {
                    case CALLERS -> Map.of(user.uid(), caller.uid());
                    case SOURCES, ROOTS -> Map.of(user.uid(), source.uid());
                    case BLOCKS, STRANGERS -> Map.of();
                };
        return DiskIds.of(own, block.uids(), size);
    }

    /** Inside gids to those on disk. */
    IdMap gids(UserIds user, long size) {
        var own = new HashMap<Long, Long>();
        switch (whose) {
            case CALLERS -> {
                var inside = insideGroups(caller, size);
                for (int i = 0; i < inside.size(); i++)
                    own.put(inside.get(i), groups(caller).get(i));
                put(own, user.gid(), caller.gid());
            }
            case SOURCES -> put(own, user.gid(), source.gid());
            case ROOTS -> own.put(user.gid(), source.gid());
            case BLOCKS, STRANGERS -> {}
        }
        return DiskIds.of(own, block.gids(), size);
    }

    /**
     * Whose files the caller may write though they are another's: those of who owns a directory
     * that one of its groups may write, in which it works with others. That uid is known to the
     * mount and not in the container.
     */
    List<Long> outsiders() {
        boolean writable = source.isDirectory() && (source.mode() & GROUP_WRITES) != 0;
        boolean shared =
                whose == Whose.CALLERS
                        && writable
                        && source.uid() != caller.uid()
                        && !block.hasUid(source.uid())
                        && (groups(caller).contains(source.gid()) || isPrimary(source.gid()));
        return shared ? List.of(source.uid()) : List.of();
    }

    private boolean isPrimary(long gid) {
        return gid != 0 && gid == caller.gid();
    }

    /** Host root's group and the store's are nobody's in a container. */
    private void put(Map<Long, Long> own, long inside, long disk) {
        boolean mapped = disk == 0 || IdRange.FOREIGN.contains(disk) || block.hasGid(disk);
        if (!mapped) own.put(inside, disk);
    }

    /** The gids, inside, that a process needs to have its caller's supplementary groups. */
    static List<Long> insideGroups(Caller caller, long size) {
        int count = caller.isHostRoot() || caller.leased() ? 0 : groups(caller).size();
        return LongStream.iterate(size - 1, id -> id - 1)
                .filter(id -> id != NO_GROUP)
                .limit(count)
                .boxed()
                .toList();
    }

    /** A sentence if not all groups of the caller are in the container; empty if they are. */
    String groupsWarning() {
        long all = allGroups(caller).count();
        if (whose != Whose.CALLERS || all <= GROUPS) return "";
        return "uid "
                + caller.uid()
                + " has "
                + all
                + " groups: in bind mounts the first "
                + GROUPS
                + " count, files of the others are strangers' there";
    }

    private static List<Long> groups(Caller caller) {
        return allGroups(caller).limit(GROUPS).toList();
    }

    private static Stream<Long> allGroups(Caller caller) {
        return caller.groups().stream().filter(gid -> gid != 0 && gid != caller.gid()).distinct();
    }
}
