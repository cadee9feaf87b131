package dev.rootbound.rootfs;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;

/**
 * What a hard link names: a path in the layer's root, whatever {@code ..} and symbolic links are on
 * its way; its last name is not followed. Strings are {@link Bytes}.
 */
record LinkTarget(String parent, String name) {
    /** A target's directory, open until closed. */
    @SuppressWarnings("ArrayRecordComponent") // only handed to the kernel
    record Found(Dir directory, byte[] name, boolean owned) implements AutoCloseable {
        @Override
        public void close() {
            if (owned) directory.close();
        }
    }

    static LinkTarget of(byte[] linkName) throws LayerException {
        var path = Bytes.text(linkName);
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') end--;
        int slash = path.lastIndexOf('/', end - 1);
        var target = new LinkTarget(path.substring(0, slash + 1), path.substring(slash + 1, end));
        if (target.name.isEmpty() || target.name.equals(".") || target.name.equals("..")) {
            throw new LayerException("it is a hard link to a directory");
        }
        return target;
    }

    Found openIn(Dir root) throws ErrnoException {
        if (parent.isEmpty()) return new Found(root, Bytes.of(name), false);
        return new Found(root.dirInRoot(Bytes.of(parent)), Bytes.of(name), true);
    }

    LayerException missing() {
        return new LayerException(
                "it is a hard link to "
                        + Bytes.show(parent + name)
                        + ", which is not in this tree: a hard link cannot reach into a layer"
                        + " below, nor out of the root");
    }
}
