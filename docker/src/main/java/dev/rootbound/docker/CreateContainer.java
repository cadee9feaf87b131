package dev.rootbound.docker;

import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.LogOptions;
import dev.rootbound.engine.SpecDraft;
import dev.rootbound.runtime.Rlimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Docker's request for a container. {@link #toSpec} is the only way on: what the engine cannot give
 * is refused by its field's name, what asks for nothing is let through.
 *
 * @param body as it came, kept for inspect
 */
record CreateContainer(Fields config, Fields host, String body) {
    /** proc_pid_oom_score_adj(5). */
    private static final int OOM_SCORES = 1000;

    static CreateContainer parse(String body, String platform) {
        Platform.check(platform);
        var config = Fields.of(Json.parse(body));
        return new CreateContainer(config, config.object("HostConfig"), body);
    }

    /** Empty: the engine's own. */
    String runtime() {
        return host.text("Runtime");
    }

    ContainerSpec toSpec() {
        Unhonoured.check(config, host);
        if (config.text("Image").isEmpty()) {
            throw new ApiException(400, "Image: the name of an image is missing");
        }
        return ContainerSpec.of(config.text("Image"))
                .with(spec -> {
                    process(spec);
                    spec.hostname = config.text("Hostname");
                    spec.domainname = config.text("Domainname");
                    spec.labels = config.map("Labels");
                    spec.stopSignal = config.isSet("StopSignal") ? config.text("StopSignal") : null;
                    spec.stopTimeout = config.integer("StopTimeout");
                    spec.health = AskedHealth.of(config);
                    host(spec);
                    spec.origin = body;
                });
    }

    private void process(SpecDraft spec) {
        var entrypoint = config.command("Entrypoint");
        var cmd = config.command("Cmd");
        spec.entrypoint = isReset(entrypoint) ? List.of() : entrypoint;
        spec.cmd = cmd != null && cmd.isEmpty() ? null : cmd;
        spec.env = config.texts("Env");
        spec.user = config.text("User");
        spec.workingDir = workingDir();
        spec.terminal = config.flag("Tty");
        spec.stdin = config.flag("OpenStdin");
        spec.stdinOnce = config.flag("StdinOnce");
    }

    private void host(SpecDraft spec) {
        spec.autoRemove = host.flag("AutoRemove");
        spec.restart = AskedRestart.of(host);
        spec.init = host.flag("Init");
        spec.readOnlyRoot = host.flag("ReadonlyRootfs");
        spec.shmSize = shmSize();
        spec.tmpfs = tmpfs();
        spec.volumes = AskedVolumes.of(config, host);
        spec.volumesFrom = host.texts("VolumesFrom");
        spec.binds = AskedBinds.of(host);
        spec.groupAdd = host.texts("GroupAdd");
        spec.network = AskedNetwork.of(config, host);
        spec.isolation = AskedIsolation.of(host, AskedNetwork.mode(config, host));
        spec.resources = AskedResources.of(host);
        spec.rlimits = limits();
        spec.oomScoreAdj = oomScoreAdj();
        spec.logDriver = logDriver();
        spec.logOptions = logOptions();
        spec.annotations = host.map("Annotations");
    }

    /** {@code --entrypoint ""} comes as one empty string. */
    private static boolean isReset(@Nullable List<String> entrypoint) {
        return entrypoint != null && entrypoint.equals(List.of(""));
    }

    private String workingDir() {
        var directory = config.text("WorkingDir");
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw new ApiException(
                    400,
                    "WorkingDir: the working directory '"
                            + directory
                            + "' is invalid, it needs to be an absolute path");
        }
        return directory;
    }

    private long shmSize() {
        long size = host.number("ShmSize", 0, Long.MAX_VALUE);
        return size == 0 ? ContainerSpec.DEFAULT_SHM_SIZE : size;
    }

    private List<ContainerSpec.Tmpfs> tmpfs() {
        var tmpfs = host.map("Tmpfs");
        for (var target : tmpfs.keySet()) {
            if (!target.startsWith("/")) {
                throw new ApiException(
                        400, "HostConfig.Tmpfs: '" + target + "' must be an absolute path");
            }
        }
        var all = new ArrayList<>(AskedMounts.tmpfs(host));
        for (var mount : all) {
            if (tmpfs.containsKey(mount.target())) {
                throw new ApiException(400, "Duplicate mount point: " + mount.target());
            }
        }
        tmpfs.forEach((target, options) -> all.add(new ContainerSpec.Tmpfs(target, options)));
        return all;
    }

    private List<Rlimit> limits() {
        return host.objects("Ulimits").stream().map(CreateContainer::limit).toList();
    }

    private static Rlimit limit(Fields ulimit) {
        var name = ulimit.text("Name").toLowerCase(Locale.ROOT);
        if (!Rlimit.TYPES.contains(name)) {
            throw new ApiException(400, ulimit.path("Name") + ": invalid ulimit type: " + name);
        }
        return new Rlimit(
                name,
                ulimit.number("Soft", -1, Long.MAX_VALUE),
                ulimit.number("Hard", -1, Long.MAX_VALUE));
    }

    private @Nullable Integer oomScoreAdj() {
        int score = (int) host.number("OomScoreAdj", -OOM_SCORES, OOM_SCORES);
        return score == 0 ? null : Integer.valueOf(score);
    }

    private ContainerSpec.LogDriver logDriver() {
        var name = host.object("LogConfig").text("Type");
        return switch (name) {
            case "", "json-file" -> ContainerSpec.LogDriver.JSON_FILE;
            case "local" -> ContainerSpec.LogDriver.LOCAL;
            case "none" -> ContainerSpec.LogDriver.NONE;
            case "syslog",
                    "journald",
                    "gelf",
                    "fluentd",
                    "awslogs",
                    "splunk",
                    "etwlogs",
                    "gcplogs" ->
                    throw new ApiException(
                            501,
                            "HostConfig.LogConfig.Type: the log driver "
                                    + name
                                    + " is not built: json-file, local and none are; "
                                    + "what collects logs can follow those");
            default ->
                    throw new ApiException(
                            400, "logger: no log driver named '" + name + "' is registered");
        };
    }

    private LogOptions logOptions() {
        return LogOptions.of(logDriver(), host.object("LogConfig").map("Config"));
    }
}
