package dev.rootbound.rootfs;

/** The owners that files are given outside for the ids inside. */
interface OutsideIds {
    /** On disk. */
    MappedIds STORE = new MappedIds(StoreDirectory.IDS);

    /** Root's. */
    long rootUid();

    /** Root's group's. */
    long rootGid();

    /**
     * @param what the id's role in messages
     */
    long uid(long inside, String what) throws LayerException;

    /** As {@link #uid}. */
    long gid(long inside, String what) throws LayerException;
}
