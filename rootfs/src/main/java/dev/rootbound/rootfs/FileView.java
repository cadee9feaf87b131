package dev.rootbound.rootfs;

import dev.rootbound.linux.Stat;
import java.util.Map;

/** How an archive shows the owners and attributes of files. */
interface FileView {
    /** The store's files as containers see them. */
    FileView INSIDE =
            new FileView() {
                @Override
                public long id(long outside) {
                    return OutsideIds.STORE.inside(outside);
                }

                @Override
                public Map<String, byte[]> attributes(Map<String, byte[]> outside) {
                    return Attributes.inside(outside);
                }
            };

    long id(long outside);

    Map<String, byte[]> attributes(Map<String, byte[]> outside);

    /** Whether such a file may have some that are shown. */
    default boolean mayHaveAttributes(Stat stat) {
        return true;
    }
}
