package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;

/** On disk, or seen through a mount: inside id {@code n} is {@code first + n}. */
record ShiftedIds(long first) implements OutsideIds {
    private static final long COUNT = IdRange.FOREIGN.size();

    /** What the kernel shows for an id that is not mapped, proc_sys_kernel(5) overflowuid. */
    private static final long UNMAPPED = 65534;

    long inside(long outside) {
        return outside >= first && outside - first < COUNT ? outside - first : UNMAPPED;
    }

    @Override
    public long of(long inside, String what) throws LayerException {
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
