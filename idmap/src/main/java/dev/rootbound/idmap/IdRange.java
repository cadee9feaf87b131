package dev.rootbound.idmap;

/** A run of ids, {@code [first, first + size)}. */
public record IdRange(long first, long size) {
    /** The kernel keeps (uid_t)-1 for "no id". */
    private static final long LIMIT = 0xFFFF_FFFFL;

    public IdRange {
        if (first < 0 || size < 1 || first > LIMIT - size) {
            throw new IllegalArgumentException("not a range of ids: " + first + "+" + size);
        }
    }
}
