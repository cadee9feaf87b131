package dev.rootbound.oci;

import java.util.Set;

/** The media types of manifests and indexes (OCI image-spec media-types.md, and Docker's). */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String DOCKER_LIST =
            "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST =
            "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

    private static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_LIST);
    private static final Set<String> MANIFESTS = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);
    private static final Set<String> CONFIGS = Set.of(OCI_CONFIG, DOCKER_CONFIG);

    private MediaTypes() {}

    public static boolean isIndex(String type) {
        return INDEXES.contains(type);
    }

    public static boolean isManifest(String type) {
        return MANIFESTS.contains(type);
    }

    /** Of an image that can run; other artifacts have other types. */
    public static boolean isImageConfig(String type) {
        return CONFIGS.contains(type);
    }

    /** A layer that is not in the archive or registry but at a URL (Windows base images). */
    public static boolean isForeignLayer(String type) {
        return type.contains(".nondistributable.") || type.contains(".foreign.");
    }
}
