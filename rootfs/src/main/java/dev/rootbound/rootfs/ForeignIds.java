package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;

/** Inside id {@code n} is {@link IdRange#FOREIGN}'s first + {@code n} on disk. */
final class ForeignIds {
    static final long ROOT = IdRange.FOREIGN.first();

    private ForeignIds() {}

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
