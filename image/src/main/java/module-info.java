/**
 * Images: names, content by digest, archives; never mounts or unpacks anything. Read {@link
 * dev.rootbound.image.Images} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.image {
    requires static org.jspecify;
    requires dev.rootbound.linux;
    requires transitive dev.rootbound.oci;
    requires transitive dev.rootbound.registry;
    requires com.github.luben.zstd_jni;

    exports dev.rootbound.image;

    opens dev.rootbound.image to
            tools.jackson.databind;
}
