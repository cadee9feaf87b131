/**
 * Layers unpacked once into the foreign id range, and mounted through a lease's ids. Never follows
 * what a container or an image controls outside its root. Read {@link
 * dev.rootbound.rootfs.Snapshots} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.rootfs {
    requires static org.jspecify;
    requires transitive dev.rootbound.linux;
    requires transitive dev.rootbound.idmap;
    requires transitive dev.rootbound.image;

    exports dev.rootbound.rootfs;

    opens dev.rootbound.rootfs to
            tools.jackson.databind;
}
