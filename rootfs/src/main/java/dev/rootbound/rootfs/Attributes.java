package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of an entry as files outside have them.
 *
 * @param now set with the entry
 * @param inherited the default access control list of a directory: set when all is unpacked, since
 *     whatever is made in the directory afterwards inherits it
 */
@SuppressWarnings("ArrayRecordComponent") // only handed to the kernel
record Attributes(Map<String, byte[]> now, byte @Nullable [] inherited) {
    private static final Attributes NONE = new Attributes(Map.of(), null);
    private static final String CAPABILITY = "security.capability";
    private static final String ACL_ACCESS = "system.posix_acl_access";
    private static final String ACL_DEFAULT = "system.posix_acl_default";

    static String defaultAcl() {
        return ACL_DEFAULT;
    }

    static Attributes of(TarEntry entry, OutsideIds ids) throws LayerException {
        if (entry.xattrs().isEmpty()) return NONE;
        boolean file = entry.type() == TarEntry.Type.FILE;
        boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
        boolean link = entry.type() == TarEntry.Type.SYMLINK;
        byte @Nullable [] inherited = null;
        var now = new LinkedHashMap<String, byte[]>();
        for (var attribute : entry.xattrs().entrySet()) {
            var name = attribute.getKey();
            var value = attribute.getValue();
            if (name.startsWith("trusted.")) throw refused(name);
            if (name.equals(CAPABILITY)) {
                if (file) now.put(name, FileCapability.outside(value, ids));
            } else if (name.equals(ACL_ACCESS)) {
                if (!link) now.put(name, PosixAcl.outside(name, value, ids));
            } else if (name.equals(ACL_DEFAULT)) {
                if (directory) inherited = PosixAcl.outside(name, value, ids);
            } else if (name.startsWith("user.") && (file || directory)) {
                now.put(name, value); // xattr(7): only files and directories have these
            }
            // Left out: other security.* (SELinux labels, IMA and EVM hashes, AppArmor), which say
            // how
            // the security modules of the machine that built the image judged the file, and what
            // Linux
            // does not have (com.apple.*). Docker tries to set them all and ignores what fails;
            // Podman leaves labels out.
        }
        return new Attributes(now, inherited);
    }

    /** Those of a file in the store as an archive has them; the inverse of {@link #of}. */
    static Map<String, byte[]> inside(Map<String, byte[]> onDisk) {
        var inside = new LinkedHashMap<String, byte[]>();
        onDisk.forEach((name, value) -> {
            switch (name) {
                case CAPABILITY -> inside.put(name, FileCapability.inside(value));
                case ACL_ACCESS, ACL_DEFAULT -> inside.put(name, PosixAcl.inside(value));
                default -> {
                    if (name.startsWith("user.")) inside.put(name, value);
                }
            }
        });
        return inside;
    }

    private static LayerException refused(String name) {
        return new LayerException(
                "its attribute "
                        + Bytes.show(name)
                        + " is for the host's root only: trusted.* in a layer could direct overlayfs");
    }
}
