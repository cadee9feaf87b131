package dev.rootbound.app;

/** The options that {@code create} and {@code run} share: Docker's names. */
final class CreateFlags {
    private CreateFlags() {}

    static Flags declare(Flags flags) {
        process(flags);
        isolation(flags);
        resources(flags);
        storage(flags);
        network(flags);
        life(flags);
        return flags.arguments(1, Integer.MAX_VALUE).stopAtArgument();
    }

    private static void process(Flags flags) {
        flags.value("attach", 'a', "list", "Attach to STDIN, STDOUT or STDERR")
                .value("entrypoint", "string", "Overwrite the default ENTRYPOINT of the image")
                .value("env", 'e', "list", "Set environment variables")
                .value("env-file", "list", "Read in a file of environment variables")
                .value("group-add", "list", "Add additional groups to join")
                .value("hostname", 'h', "string", "Container host name")
                .value("domainname", "string", "Container NIS domain name")
                .flag("init", "Run an init inside that forwards signals and reaps processes")
                .flag("interactive", 'i', "Keep STDIN open even if not attached")
                .flag("tty", 't', "Allocate a pseudo-TTY")
                .value("user", 'u', "string", "Username or UID (format: <name|uid>[:<group|gid>])")
                .value("workdir", 'w', "string", "Working directory inside the container");
    }

    private static void isolation(Flags flags) {
        flags.value("annotation", "map", "Add an annotation (passed to the OCI runtime)")
                .value("cap-add", "list", "Add Linux capabilities")
                .value("cap-drop", "list", "Drop Linux capabilities")
                .value("cgroupns", "string", "Cgroup namespace to use (host|private)")
                .value("ipc", "string", "IPC mode to use")
                .value("pid", "string", "PID namespace to use")
                .flag("privileged", "Give extended privileges to this container")
                .value("runtime", "string", "Runtime to use for this container")
                .value("security-opt", "list", "Security options")
                .value("sysctl", "map", "Sysctl options")
                .value("userns", "string", "User namespace to use")
                .value("uts", "string", "UTS namespace to use");
    }

    private static void resources(Flags flags) {
        flags.value("blkio-weight", "uint16", "Block IO weight, 10 to 1000, or 0 to disable")
                .value("blkio-weight-device", "list", "Block IO weight of a device")
                .value("cgroup-parent", "string", "Optional parent cgroup for the container")
                .value("cpu-period", "int", "Limit CPU CFS period, microseconds")
                .value("cpu-quota", "int", "Limit CPU CFS quota, microseconds")
                .value("cpu-rt-period", "int", "Limit CPU real-time period, microseconds")
                .value("cpu-rt-runtime", "int", "Limit CPU real-time runtime, microseconds")
                .value("cpu-shares", 'c', "int", "CPU shares (relative weight)")
                .value("cpus", "decimal", "Number of CPUs")
                .value("cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)")
                .value("cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)")
                .value("device-read-bps", "list", "Limit read rate (bytes per second) of a device")
                .value("device-read-iops", "list", "Limit read rate (IO per second) of a device")
                .value(
                        "device-write-bps",
                        "list",
                        "Limit write rate (bytes per second) to a device")
                .value("device-write-iops", "list", "Limit write rate (IO per second) to a device")
                .value("gpus", "gpu-request", "GPU devices to add ('all' for all)")
                .value("memory", 'm', "bytes", "Memory limit")
                .value("memory-reservation", "bytes", "Memory soft limit")
                .value("memory-swap", "bytes", "Memory plus swap; -1: unlimited swap")
                .value("memory-swappiness", "int", "Tune memory swappiness (0 to 100)")
                .flag("oom-kill-disable", "Disable OOM Killer")
                .value("oom-score-adj", "int", "Tune host's OOM preferences (-1000 to 1000)")
                .value("pids-limit", "int", "Tune pids limit (-1: unlimited)")
                .value("ulimit", "ulimit", "Ulimit options");
    }

    private static void storage(Flags flags) {
        flags.value("device", "list", "Add a host device to the container")
                .value("device-cgroup-rule", "list", "Add a rule to the allowed devices")
                .value("mount", "mount", "Attach a filesystem mount to the container")
                .flag("read-only", "Mount the container's root filesystem as read only")
                .value("shm-size", "bytes", "Size of /dev/shm")
                .value("storage-opt", "list", "Storage driver options for the container")
                .value("tmpfs", "list", "Mount a tmpfs directory")
                .value("volume", 'v', "list", "Bind mount a volume")
                .value("volume-driver", "string", "Volume driver for the container")
                .value("volumes-from", "list", "Mount volumes from the specified containers");
    }

    private static void network(Flags flags) {
        flags.value("add-host", "list", "Add a custom host-to-IP mapping (host:ip)")
                .value("dns", "list", "Set custom DNS servers")
                .value("dns-option", "list", "Set DNS options")
                .value("dns-opt", "list", "The same as --dns-option")
                .value("dns-search", "list", "Set custom DNS search domains")
                .value("expose", "list", "Expose a port or a range of ports")
                .value("ip", "string", "IPv4 address (e.g., 172.30.100.104)")
                .value("ip6", "string", "IPv6 address (e.g., 2001:db8::33)")
                .value("link", "list", "Add link to another container")
                .value("link-local-ip", "list", "Container IPv4/IPv6 link-local addresses")
                .value("mac-address", "string", "Container MAC address")
                .value("network", "network", "Connect a container to a network")
                .value("net", "network", "The same as --network")
                .value("network-alias", "list", "Add network-scoped alias for the container")
                .value("publish", 'p', "list", "Publish a container's port(s) to the host")
                .flag("publish-all", 'P', "Publish all exposed ports to random ports");
    }

    private static void life(Flags flags) {
        flags.value("cidfile", "string", "Write the container ID to the file")
                .value(
                        "health-cmd",
                        "string",
                        "Command that checks health in a shell; 0 is healthy")
                .value(
                        "health-interval",
                        "duration",
                        "Time between running the check (ms|s|m|h) (default 30s)")
                .value("health-retries", "int", "Consecutive failures to be unhealthy (default 3)")
                .value(
                        "health-start-interval",
                        "duration",
                        "Time between checks in the start period (default 5s)")
                .value(
                        "health-start-period",
                        "duration",
                        "Time to start before failures count (default 0s)")
                .value(
                        "health-timeout",
                        "duration",
                        "Time one check may take, then it is killed (default 30s)")
                .value("label", 'l', "list", "Set meta data on a container")
                .value("label-file", "list", "Read in a line delimited file of labels")
                .value("log-driver", "string", "Logging driver for the container")
                .value("log-opt", "list", "Log driver options")
                .value("name", "string", "Assign a name to the container")
                .flag("no-healthcheck", "Disable any container-specified HEALTHCHECK")
                .value("platform", "string", "Platform of the image; only the host's own")
                .value("pull", "string", "Pull image before running (missing|never|always)")
                .flag("quiet", 'q', "Suppress the pull output")
                .value(
                        "restart",
                        "string",
                        "Restart policy: no, always, unless-stopped, on-failure[:max-retries]")
                .flag("rm", "Remove the container and its anonymous volumes when it exits")
                .value("stop-signal", "string", "Signal to stop the container")
                .value("stop-timeout", "int", "Timeout (in seconds) to stop a container");
    }
}
