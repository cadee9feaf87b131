package dev.rootbound.app;

import java.util.Map;

/** The options of {@code build}: those of Docker's classic client and the common ones of buildx. */
final class BuildFlags {
    /** What asks for something that is not there, and why or what helps. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "annotation",
                    "manifests have no annotations yet: --label is in the image's configuration",
                    "attest",
                    "attestations are not built yet",
                    "cgroup-parent",
                    "the engine chooses its containers' cgroups",
                    "squash",
                    "it is not built: COPY --from=STAGE / / makes one layer of a stage");

    private BuildFlags() {}

    static Flags declare() {
        var flags = new Flags("build [OPTIONS] PATH | URL | -", "Build an image from a Dockerfile");
        image(flags);
        containers(flags);
        results(flags);
        flags.flag("squash", "Not built")
                .value("annotation", "list", "Not built yet")
                .value("attest", "list", "Not built yet")
                .value("cgroup-parent", "string", "Not built");
        return flags.arguments(1, 1);
    }

    private static void image(Flags flags) {
        flags.value("build-arg", "list", "Set build-time variables; NAME alone: as it is here")
                .value(
                        "build-context",
                        "list",
                        "More contexts (NAME=DIR, NAME=URL, NAME=docker-image://IMAGE)")
                .value(
                        "cache-from",
                        "list",
                        "Take steps from caches (NAME, type=registry,ref=NAME, type=local,src=DIR)")
                .value(
                        "cache-to",
                        "list",
                        "Keep steps for others (type=registry,ref=NAME|type=local,dest=DIR[,mode=max])")
                .value("file", 'f', "string", "Name of the Dockerfile (default PATH/Dockerfile)")
                .value("label", "list", "Set metadata for an image")
                .flag("no-cache", "Do not use cache when building the image")
                .value("no-cache-filter", "list", "Stages that are built without the cache")
                .value("platform", "string", "Platform of the image")
                .flag("pull", "Always attempt to pull all referenced images")
                .value(
                        "secret",
                        "list",
                        "Secret for RUN --mount=type=secret (id=ID[,src=PATH|,env=NAME])")
                .value(
                        "ssh",
                        "list",
                        "SSH agent for RUN --mount=type=ssh (default, ID[=SOCKET] or ID=KEY,…)")
                .value("tag", 't', "list", "Name and optionally a tag (NAME:TAG)")
                .value("target", "string", "Set the target build stage to build");
    }

    private static void containers(Flags flags) {
        flags.value("add-host", "list", "Add a custom host-to-IP mapping (host:ip)")
                .value("allow", "list", "Allow extra privileged entitlement; network.host")
                .value("cpu-period", "int", "Limit the CPU CFS period, microseconds")
                .value("cpu-quota", "int", "Limit the CPU CFS quota, microseconds")
                .value("cpu-shares", 'c', "int", "CPU shares (relative weight)")
                .value("cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)")
                .value("cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)")
                .value("memory", 'm', "bytes", "Memory limit")
                .value("memory-swap", "bytes", "Memory plus swap; -1: unlimited swap")
                .value("network", "string", "Network of RUN (default|none|host|NAME)")
                .value("security-opt", "list", "Security options")
                .value("shm-size", "bytes", "Size of /dev/shm")
                .value("ulimit", "ulimit", "Ulimit options");
    }

    private static void results(Flags flags) {
        flags.value("builder", "string", "Only default: the engine")
                .value("call", "string", "What to do (build, check, targets)")
                .flag("check", "Only look for likely mistakes (--call=check)")
                .flag("compress", "Accepted: the context goes over a local socket as it is")
                .flag("force-rm", "Accepted: a build leaves no containers")
                .value("iidfile", "string", "Write the image ID to a file")
                .flag("load", "Accepted: the image is in the engine's store")
                .value(
                        "output",
                        'o',
                        "list",
                        "Where the result goes: type=docker|image|registry|cacheonly,"
                                + " type=local,dest=DIR, type=tar|oci|docker,dest=FILE|-, DIR or -")
                .value("progress", "string", "auto, plain, tty, rawjson or quiet (default auto)")
                .value("provenance", "string", "Only false: attestations are not built yet")
                .flag("push", "Push each tag to its registry afterwards")
                .flag("quiet", 'q', "Suppress the build output, print the image ID")
                .flag("rm", "Accepted: a build leaves no containers")
                .value("sbom", "string", "Only false: attestations are not built yet");
    }

    /** Says what cannot be done before anything is. */
    static void refuse(Arguments arguments) {
        REFUSED.forEach((name, why) -> {
            if (arguments.has(name) && !arguments.text(name).equals("false"))
                throw new CliException(1, "--" + name + ": " + why);
        });
        for (String name : new String[] {"provenance", "sbom"}) {
            if (arguments.has(name) && !arguments.text(name).equals("false"))
                throw new CliException(1, "--" + name + ": attestations are not built yet");
        }
        for (String allowed : arguments.all("allow")) {
            if (!allowed.equals("network.host"))
                throw new CliException(
                        1, "--allow " + allowed + ": no step of a build is privileged");
        }
        if (arguments.has("builder") && !arguments.text("builder").equals("default"))
            throw new CliException(
                    1, "no builder \"" + arguments.text("builder") + "\" found: there is default");
    }
}
