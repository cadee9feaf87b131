package dev.rootbound.docker;

/** The Docker Engine API. */
public final class DockerApi {
    private DockerApi() {}
}
