package dev.rootbound.app;

import java.util.LinkedHashMap;

/** The call that builds, from the options of {@code build}. */
final class BuildRequest {
    private final Arguments arguments;
    private final String platform;

    /**
     * @param platform of the environment; {@code --platform} comes first
     */
    BuildRequest(Arguments arguments, String platform) {
        this.arguments = arguments;
        this.platform = arguments.has("platform") ? arguments.text("platform") : platform;
    }

    /**
     * @param dockerfile its path in the context
     * @param given to ARG instructions, as JSON
     * @param secrets bytes of them before the context
     */
    Target target(String dockerfile, String given, int secrets) {
        if (platform.indexOf(',') >= 0)
            throw arguments.invalid("platform", platform, "one build is for one platform");
        var target = Target.of("/build");
        for (String tag : arguments.all("tag"))
            target.query("t", String.valueOf(PullCommand.reference(tag)));
        target.query("dockerfile", dockerfile)
                .query("buildargs", given)
                .query("labels", labels())
                .query("target", arguments.text("target"))
                .query("nocache", arguments.is("no-cache"))
                .query("pull", arguments.is("pull"))
                .query("platform", platform)
                .query("rm", true);
        for (String stages : arguments.all("no-cache-filter"))
            for (String stage : stages.split(",")) target.query("nocachefilter", stage);
        if (secrets > 0) target.query("secrets", Integer.toString(secrets));
        limits(target);
        return target;
    }

    private void limits(Target target) {
        target.query("networkmode", arguments.text("network"))
                .query("memory", number(arguments.bytes("memory")))
                .query("memswap", number(arguments.bytes("memory-swap")))
                .query("cpushares", number(arguments.number("cpu-shares")))
                .query("cpuperiod", number(arguments.number("cpu-period")))
                .query("cpuquota", number(arguments.number("cpu-quota")))
                .query("cpusetcpus", arguments.text("cpuset-cpus"))
                .query("cpusetmems", arguments.text("cpuset-mems"))
                .query("shmsize", number(arguments.bytes("shm-size")))
                .query("ulimits", ulimits());
        for (String host : arguments.all("add-host"))
            target.query("extrahosts", host.replaceFirst("^([^:=]+)=", "$1:"));
        for (String option : arguments.all("security-opt")) target.query("securityopt", option);
    }

    private static String number(long value) {
        return value == 0 ? "" : Long.toString(value);
    }

    private String labels() {
        var labels = new LinkedHashMap<String, String>();
        for (String label : arguments.all("label")) {
            if (label.isEmpty() || label.startsWith("="))
                throw arguments.invalid("label", label, "invalid label: '" + label + "'");
            KeyValueFile.put(labels, label);
        }
        var members = new Json.Members();
        labels.forEach((name, value) -> members.with(name, new Json.Text(value)));
        return labels.isEmpty() ? "" : JsonWriter.write(members);
    }

    private String ulimits() {
        var limits = new java.util.ArrayList<Json>();
        for (String limit : arguments.all("ulimit")) {
            try {
                limits.add(Ulimits.json(limit));
            } catch (IllegalArgumentException e) {
                throw arguments.invalid("ulimit", limit, String.valueOf(e.getMessage()));
            }
        }
        return limits.isEmpty() ? "" : JsonWriter.write(new Json.Array(limits));
    }
}
