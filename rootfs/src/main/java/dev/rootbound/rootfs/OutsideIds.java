package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;

/**
 * The owners that files have outside for the ids inside: on disk, or seen through a mount. Inside
 * id {@code n} is {@code first + n}.
 */
record OutsideIds(long first) {
    /** On disk. */
    static final OutsideIds STORE = new OutsideIds(IdRange.FOREIGN.first());

    private static final long COUNT = IdRange.FOREIGN.size();

    /** What the kernel shows for an id that is not mapped, proc_sys_kernel(5) overflowuid. */
    private static final long UNMAPPED = 65534;

    long inside(long outside) {
        return outside >= first && outside - first < COUNT ? outside - first : UNMAPPED;
    }

    /**
     * @param what the id's role in messages
     */
    long of(long inside, String what) throws LayerException {
        if (inside < 0 || inside >= COUNT) {
            throw new LayerException(
                    what
                            + " "
                            + inside
                            + " is not among the "
                            + COUNT
                            + " ids of a container (0 to "
                            + (COUNT - 1)
                            + "); use a lower id");
        }
        return first + inside;
    }
}
