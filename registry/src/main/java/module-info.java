/**
 * A client of registries (OCI distribution-spec 1.1): manifests, blobs, uploads, authentication;
 * stores nothing. Read {@link dev.rootbound.registry.RemoteRepository} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.registry {
    requires static org.jspecify;
    requires transitive dev.rootbound.oci;
    requires java.net.http;

    exports dev.rootbound.registry;
}
