package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;

/** The owners that files are given outside for the ids inside. */
interface OutsideIds {
    /** On disk. */
    ShiftedIds STORE = new ShiftedIds(IdRange.FOREIGN.first());

    /** Root's. */
    long first();

    /**
     * @param what the id's role in messages
     */
    long of(long inside, String what) throws LayerException;
}
