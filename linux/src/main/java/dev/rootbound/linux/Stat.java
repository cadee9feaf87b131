package dev.rootbound.linux;

/**
 * What statx(2) says of an inode.
 *
 * @param mode type and permission bits, inode(7)
 * @param device what the inode is on; with its number it is the inode's only name
 */
public record Stat(
        int mode,
        long uid,
        long gid,
        long size,
        long inode,
        long links,
        long mtimeSeconds,
        int mtimeNanos,
        int deviceMajor,
        int deviceMinor,
        long device) {

    public static final int TYPE = 0170000;
    public static final int REGULAR = 0100000;
    public static final int DIRECTORY = 0040000;
    public static final int SYMLINK = 0120000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int FIFO = 0010000;
    public static final int SOCKET = 0140000;

    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    public boolean isBlockDevice() {
        return (mode & TYPE) == BLOCK_DEVICE;
    }

    public boolean isCharacterDevice() {
        return (mode & TYPE) == CHARACTER_DEVICE;
    }

    public boolean isSymlink() {
        return (mode & TYPE) == SYMLINK;
    }
}
