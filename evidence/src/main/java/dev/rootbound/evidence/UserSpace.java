package dev.rootbound.evidence;

import dev.rootbound.linux.Namespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The user namespace of a process.
 *
 * @param ancestors the user namespaces around it, nearest first, as far as ours
 * @param ownerUid who made it: a process of that uid in the namespace around it may all in it
 */
record UserSpace(long inode, List<Long> ancestors, long ownerUid) {
    UserSpace {
        ancestors = List.copyOf(ancestors);
    }

    static UserSpace of(long pid) throws IOException {
        try (var own = Namespace.of(pid, "user")) {
            var ancestors = new ArrayList<Long>();
            var around = own.parent();
            while (around.isPresent()) {
                try (var each = around.get()) {
                    ancestors.add(each.inode());
                    around = each.parent();
                }
            }
            return new UserSpace(own.inode(), ancestors, own.ownerUid());
        }
    }

    /** Whether what has all capabilities here has none there. */
    boolean isBelow(long other) {
        return ancestors.contains(other);
    }
}
