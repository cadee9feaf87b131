package dev.rootbound.docker;

import java.util.Map;
import java.util.Set;

/**
 * What Docker's request can ask for and this engine does not give: refused by name, so that nobody
 * believes to have got it.
 */
final class Unhonoured {
    private static final Set<String> OWN_NETWORK = Set.of("", "default", "bridge", "none");

    private Unhonoured() {}

    static void check(Fields config, Fields host) {
        refuseSet(config, DockerFields.CONFIG);
        refuseSet(host, DockerFields.HOST);
        modes(host);
        AskedVolumes.driver("HostConfig.VolumeDriver", host.text("VolumeDriver"));
        networks(config.object("NetworkingConfig").object("EndpointsConfig"));
    }

    private static void refuseSet(Fields fields, Map<String, DockerFields.Use> table) {
        table.forEach((name, use) -> {
            if (use instanceof DockerFields.Refused(String reason) && fields.isSet(name)) {
                throw refuse(fields.path(name), reason);
            }
        });
    }

    private static void modes(Fields host) {
        var network = host.text("NetworkMode");
        if (!isJudged(network)) {
            throw refuse("HostConfig.NetworkMode", network + ": " + DockerFields.NETWORKS);
        }
        var isolation = host.text("Isolation");
        if (!isolation.isEmpty() && !isolation.equals("default")) {
            throw refuse("HostConfig.Isolation", isolation + ": " + DockerFields.WINDOWS);
        }
    }

    /** By the engine, whose policy says who may have it. */
    private static boolean isJudged(String network) {
        return OWN_NETWORK.contains(network)
                || network.equals("host")
                || network.startsWith("ns:")
                || network.startsWith("container:");
    }

    private static void networks(Fields endpoints) {
        for (var name : endpoints.names()) {
            if (!isJudged(name)) {
                throw refuse(endpoints.path(name), DockerFields.NETWORKS);
            }
            refuseSet(endpoints.object(name), DockerFields.ENDPOINT);
        }
    }

    private static ApiException refuse(String field, String reason) {
        return new ApiException(501, field + ": " + reason);
    }
}
