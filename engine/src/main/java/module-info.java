/**
 * The life of a container, and the policy; the embeddable library. Read {@link
 * dev.rootbound.engine.Engine} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.engine {
    requires static org.jspecify;
    requires dev.rootbound.attack;
    requires transitive dev.rootbound.evidence;
    requires transitive dev.rootbound.idmap;
    requires transitive dev.rootbound.image;
    requires transitive dev.rootbound.network;
    requires transitive dev.rootbound.rootfs;
    requires transitive dev.rootbound.runtime;
    requires org.snakeyaml.engine;

    exports dev.rootbound.engine;

    opens dev.rootbound.engine to
            tools.jackson.databind;
}
