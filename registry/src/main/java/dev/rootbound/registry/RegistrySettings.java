package dev.rootbound.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How registries are reached.
 *
 * @param certificates directories with one of a registry's CAs ({@code HOST:PORT/*.crt}) and client
 *     certificates ({@code *.cert} with {@code *.key}), as Docker's certs.d; the first that has the
 *     registry counts
 * @param insecure {@code HOST[:PORT]} whose certificate is not verified, and that may be plain HTTP
 * @param mirrors of Docker Hub, asked first
 * @param environment with {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}
 * @param agent what the engine calls itself
 */
public record RegistrySettings(
        List<Path> certificates,
        Set<String> insecure,
        List<URI> mirrors,
        Map<String, String> environment,
        String agent) {

    public RegistrySettings {
        certificates = List.copyOf(certificates);
        insecure = Set.copyOf(insecure);
        mirrors = List.copyOf(mirrors);
        environment = Map.copyOf(environment);
    }
}
