package dev.rootbound.rootfs;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteBuffer;

/**
 * Access control lists, the value of {@code system.posix_acl_*}: linux/posix_acl_xattr.h, version
 * 2. They name users and groups, whose ids are shifted as owners are.
 */
final class PosixAcl {
    private static final int VERSION = 2;
    private static final int HEADER = 4;
    private static final int ENTRY = 8;
    private static final int USER = 0x02;
    private static final int GROUP = 0x08;

    private PosixAcl() {}

    /** Back. */
    static byte[] inside(byte[] value) {
        var acl = ByteBuffer.wrap(value.clone()).order(LITTLE_ENDIAN);
        for (int at = HEADER; at + ENTRY <= value.length; at += ENTRY) {
            int tag = acl.getShort(at);
            if (tag == USER || tag == GROUP) {
                long id = Integer.toUnsignedLong(acl.getInt(at + 4));
                acl.putInt(at + 4, (int) OutsideIds.STORE.inside(id));
            }
        }
        return acl.array();
    }

    static byte[] outside(String name, byte[] value, OutsideIds ids) throws LayerException {
        var acl = ByteBuffer.wrap(value.clone()).order(LITTLE_ENDIAN);
        if (value.length < HEADER
                || (value.length - HEADER) % ENTRY != 0
                || acl.getInt(0) != VERSION) {
            throw new LayerException("its " + name + " is not an access control list");
        }
        for (int at = HEADER; at < value.length; at += ENTRY) {
            int tag = acl.getShort(at);
            if (tag == USER || tag == GROUP) {
                long id = Integer.toUnsignedLong(acl.getInt(at + 4));
                long outside =
                        tag == USER
                                ? ids.uid(id, "a user in its " + name)
                                : ids.gid(id, "a group in its " + name);
                acl.putInt(at + 4, (int) outside);
            }
        }
        return acl.array();
    }
}
