package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;

/** On disk, or seen through a mount: those that a map says. */
record MappedIds(IdMaps ids) implements OutsideIds {
    /** What the kernel shows for an id that is not mapped, proc_sys_kernel(5) overflowuid. */
    private static final long UNMAPPED = 65534;

    /** In the store, uids and gids are mapped alike. */
    long inside(long outside) {
        return ids.uids().toInside(outside).orElse(UNMAPPED);
    }

    @Override
    public long rootUid() {
        return ids.rootUid();
    }

    @Override
    public long rootGid() {
        return ids.rootGid();
    }

    @Override
    public long uid(long inside, String what) throws LayerException {
        return outside(ids.uids(), inside, what);
    }

    @Override
    public long gid(long inside, String what) throws LayerException {
        return outside(ids.gids(), inside, what);
    }

    private static long outside(IdMap map, long inside, String what) throws LayerException {
        var outside = map.toHost(inside);
        if (outside.isEmpty()) {
            throw new LayerException(
                    what
                            + " "
                            + inside
                            + " is not among the container's "
                            + map.insideText()
                            + "; use one of those");
        }
        return outside.getAsLong();
    }
}
