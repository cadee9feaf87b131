/**
 * The Dockerfile language: parsed, expanded, with positions. Pure: no file, no network. Read {@link
 * dev.rootbound.dockerfile.Dockerfile} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.dockerfile {
    requires static org.jspecify;

    exports dev.rootbound.dockerfile;
}
