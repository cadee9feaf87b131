package dev.rootbound.rootfs;

/** The owners of files that a user copies to a directory of the host. */
enum HostIds implements OutsideIds {
    /** The user. */
    USERS {
        @Override
        public long uid(long inside, String what) {
            return UNCHANGED;
        }
    },

    /** Whom the archive says, as far as the user may. */
    ARCHIVES {
        @Override
        public long uid(long inside, String what) throws LayerException {
            if (inside < 0 || inside >= UNCHANGED) {
                throw new LayerException(what + " " + inside + " is no id");
            }
            return inside;
        }
    };

    /** (uid_t)-1 of chown(2). */
    private static final long UNCHANGED = 0xFFFF_FFFFL;

    @Override
    public long gid(long inside, String what) throws LayerException {
        return uid(inside, what);
    }

    @Override
    public long rootUid() {
        return UNCHANGED;
    }

    @Override
    public long rootGid() {
        return UNCHANGED;
    }
}
