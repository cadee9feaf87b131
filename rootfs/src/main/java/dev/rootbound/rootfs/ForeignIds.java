package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;

/** Inside id {@code n} is {@link IdRange#FOREIGN}'s first + {@code n} on disk. */
final class ForeignIds {
    static final long ROOT = IdRange.FOREIGN.first();

    private ForeignIds() {}

    /** What the kernel shows for an id that is not mapped, proc_sys_kernel(5) overflowuid. */
    private static final long UNMAPPED = 65534;

    static long inside(long onDisk) {
        return isForeign(onDisk) ? onDisk - ROOT : UNMAPPED;
    }

    private static boolean isForeign(long onDisk) {
        return onDisk >= ROOT && onDisk - ROOT < IdRange.FOREIGN.size();
    }

    /**
     * @param what the id's role in messages
     */
    static long onDisk(long inside, String what) throws LayerException {
        if (inside < 0 || inside >= IdRange.FOREIGN.size()) {
            throw new LayerException(
                    what
                            + " "
                            + inside
                            + " is not among the "
                            + IdRange.FOREIGN.size()
                            + " ids of a container (0 to "
                            + (IdRange.FOREIGN.size() - 1)
                            + "); build the image with a lower id");
        }
        return ROOT + inside;
    }
}
