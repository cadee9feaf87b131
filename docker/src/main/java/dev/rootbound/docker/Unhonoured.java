package dev.rootbound.docker;

import java.util.Map;

/**
 * What Docker's request can ask for and this engine does not give: refused by name, so that nobody
 * believes to have got it.
 */
final class Unhonoured {
    private Unhonoured() {}

    static void check(Fields config, Fields host) {
        refuseSet(config, DockerFields.CONFIG);
        refuseSet(host, DockerFields.HOST);
        isolation(host);
        AskedVolumes.driver("HostConfig.VolumeDriver", host.text("VolumeDriver"));
    }

    static void refuseSet(Fields fields, Map<String, DockerFields.Use> table) {
        table.forEach((name, use) -> {
            if (use instanceof DockerFields.Refused(String reason) && fields.isSet(name)) {
                throw refuse(fields.path(name), reason);
            }
        });
    }

    private static void isolation(Fields host) {
        var isolation = host.text("Isolation");
        if (!isolation.isEmpty() && !isolation.equals("default")) {
            throw refuse("HostConfig.Isolation", isolation + ": " + DockerFields.WINDOWS);
        }
    }

    private static ApiException refuse(String field, String reason) {
        return new ApiException(501, field + ": " + reason);
    }
}
