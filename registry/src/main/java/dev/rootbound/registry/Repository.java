package dev.rootbound.registry;

/**
 * A repository of a registry.
 *
 * @param host as references name it, with its port if it has one: {@code docker.io}, {@code
 *     localhost:5000}
 * @param path such as {@code library/busybox}
 */
public record Repository(String host, String path) {
    /** Docker Hub's name and where its registry is. */
    private static final String HUB = "docker.io";

    private static final String HUB_REGISTRY = "registry-1.docker.io";

    /** Whether it is Docker Hub's, which alone has mirrors. */
    boolean isHub() {
        return host.equals(HUB);
    }

    /** Host and port to connect to. */
    String authority() {
        return isHub() ? HUB_REGISTRY : host;
    }

    @Override
    public String toString() {
        return host + "/" + path;
    }
}
