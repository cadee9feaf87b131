package dev.rootbound.idmap;

/** A run of ids, {@code [first, first + size)}. */
public record IdRange(long first, long size) {
    /** The kernel keeps (uid_t)-1 for "no id". */
    private static final long LIMIT = 0xFFFF_FFFFL;

    /**
     * Who owns the files in the store, and nothing that runs: the range that systemd reserves for
     * files whose owners are only known at use (0x7FFE0000, "Foreign UID range" in its UIDS-GIDS).
     */
    public static final IdRange FOREIGN = new IdRange(0x7FFE_0000L, 0x1_0000L);

    public IdRange {
        if (first < 0 || size < 1 || first > LIMIT - size) {
            throw new IllegalArgumentException("not a range of ids: " + first + "+" + size);
        }
    }

    /** The first id after the range. */
    public long end() {
        return first + size;
    }

    public boolean contains(long id) {
        return first <= id && id < end();
    }

    public boolean overlaps(IdRange other) {
        return first < other.end() && other.first < end();
    }

    /** Both ends, as messages show them: {@code 0 to 65535}. */
    @Override
    public String toString() {
        return first + " to " + (end() - 1);
    }
}
