package dev.rootbound.docker;

import dev.rootbound.engine.RestartPolicy;
import dev.rootbound.engine.RestartPolicy.When;
import tools.jackson.databind.node.ObjectNode;

/** Docker's restart policies: as they are asked for, and as they are shown. */
final class AskedRestart {
    private AskedRestart() {}

    static RestartPolicy of(Fields host) {
        var policy = host.object("RestartPolicy");
        var when = when(policy.text("Name"));
        int retries =
                (int) policy.number("MaximumRetryCount", Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (policy.text("Name").isEmpty()) {
            return RestartPolicy.NO; // as old clients said it, with any count
        }
        try {
            return new RestartPolicy(when, retries);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
    }

    private static When when(String name) {
        return switch (name) {
            case "", "no" -> When.NO;
            case "on-failure" -> When.ON_FAILURE;
            case "always" -> When.ALWAYS;
            case "unless-stopped" -> When.UNLESS_STOPPED;
            default ->
                    throw new ApiException(
                            400,
                            "invalid restart policy: unknown policy '"
                                    + name
                                    + "'; use one of 'no', 'always', 'on-failure', or"
                                    + " 'unless-stopped'");
        };
    }

    static ObjectNode json(RestartPolicy policy) {
        var name =
                switch (policy.when()) {
                    case NO -> "no";
                    case ON_FAILURE -> "on-failure";
                    case ALWAYS -> "always";
                    case UNLESS_STOPPED -> "unless-stopped";
                };
        return Json.object().put("Name", name).put("MaximumRetryCount", policy.retries());
    }
}
