package dev.rootbound.rootfs;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * File capabilities, the value of {@code security.capability}: struct vfs_cap_data and
 * vfs_ns_cap_data of linux/capability.h. Version 2 counts for host root; version 3 names the root
 * that it counts for, which in the store is the foreign range's first id.
 */
final class FileCapability {
    private static final int REVISION_MASK = 0xFF00_0000;
    private static final int REVISION_2 = 0x0200_0000;
    private static final int REVISION_3 = 0x0300_0000;
    private static final int SIZE_2 = 20;
    private static final int SIZE_3 = 24;

    private FileCapability() {}

    static byte[] outside(byte[] value, OutsideIds ids) throws LayerException {
        if (value.length < SIZE_2) throw malformed(value);
        var in = ByteBuffer.wrap(value).order(LITTLE_ENDIAN);
        int magic = in.getInt(0);
        long root;
        switch (magic & REVISION_MASK) {
            case REVISION_2 -> {
                if (value.length != SIZE_2) throw malformed(value);
                root = 0;
            }
            case REVISION_3 -> {
                if (value.length != SIZE_3) throw malformed(value);
                root = Integer.toUnsignedLong(in.getInt(SIZE_2));
            }
            default -> throw malformed(value);
        }
        var out = ByteBuffer.allocate(SIZE_3).order(LITTLE_ENDIAN);
        out.put(value, 0, SIZE_2);
        out.putInt(0, REVISION_3 | (magic & ~REVISION_MASK));
        out.putInt(SIZE_2, (int) ids.uid(root, "the root id of its file capability"));
        return out.array();
    }

    /** Back: version 2 if it counts for inside root, as in archives. */
    static byte[] inside(byte[] value) {
        var in = ByteBuffer.wrap(value).order(LITTLE_ENDIAN);
        if (value.length != SIZE_3 || (in.getInt(0) & REVISION_MASK) != REVISION_3) {
            return value;
        }
        long root = OutsideIds.STORE.inside(Integer.toUnsignedLong(in.getInt(SIZE_2)));
        var out = ByteBuffer.allocate(root == 0 ? SIZE_2 : SIZE_3).order(LITTLE_ENDIAN);
        out.put(value, 0, SIZE_2);
        if (root == 0) {
            out.putInt(0, REVISION_2 | (in.getInt(0) & ~REVISION_MASK));
        } else {
            out.putInt(SIZE_2, (int) root);
        }
        return out.array();
    }

    private static LayerException malformed(byte[] value) {
        return new LayerException(
                "its security.capability of " + value.length + " bytes is not of version 2 or 3");
    }
}
