/** Dockerfiles made into images, by the engine. Read {@link dev.rootbound.build.Builder} first. */
@org.jspecify.annotations.NullMarked
module dev.rootbound.build {
    requires static org.jspecify;
    requires org.tukaani.xz;
    requires transitive dev.rootbound.dockerfile;
    requires transitive dev.rootbound.engine;

    exports dev.rootbound.build;
}
