package dev.rootbound.docker;

import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.runtime.Rlimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Docker's request for a container. {@link #toSpec} is the only way on: what the engine cannot give
 * is refused by its field's name, what asks for nothing is let through.
 *
 * @param body as it came, kept for inspect
 */
record CreateContainer(Fields config, Fields host, String body) {
    /** getrlimit(2), without RLIMIT_. */
    private static final Set<String> LIMITS =
            Set.of(
                    "as",
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");

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
        var entrypoint = config.command("Entrypoint");
        var cmd = config.command("Cmd");
        return new ContainerSpec(
                config.text("Image"),
                isReset(entrypoint) ? List.of() : entrypoint,
                cmd != null && cmd.isEmpty() ? null : cmd,
                config.texts("Env"),
                config.text("User"),
                workingDir(),
                config.text("Hostname"),
                config.text("Domainname"),
                config.flag("Tty"),
                config.flag("OpenStdin"),
                config.flag("StdinOnce"),
                config.map("Labels"),
                config.isSet("StopSignal") ? config.text("StopSignal") : null,
                config.integer("StopTimeout"),
                host.flag("AutoRemove"),
                host.flag("Init"),
                host.flag("ReadonlyRootfs"),
                shmSize(),
                tmpfs(),
                host.texts("GroupAdd"),
                AskedIsolation.of(host),
                AskedResources.of(host),
                limits(),
                oomScoreAdj(),
                logDriver(),
                body);
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
        if (!LIMITS.contains(name)) {
            throw new ApiException(400, ulimit.path("Name") + ": invalid ulimit type: " + name);
        }
        long soft = ulimit.number("Soft", -1, Long.MAX_VALUE);
        long hard = ulimit.number("Hard", -1, Long.MAX_VALUE);
        if (hard != -1 && (soft > hard || soft == -1)) {
            throw new ApiException(
                    400,
                    "ulimit "
                            + name
                            + ": soft limit must be less than or equal to hard limit: "
                            + (soft + " > " + hard));
        }
        return new Rlimit(name, soft, hard);
    }

    private @Nullable Integer oomScoreAdj() {
        int score = (int) host.number("OomScoreAdj", -OOM_SCORES, OOM_SCORES);
        return score == 0 ? null : Integer.valueOf(score);
    }

    private ContainerSpec.LogDriver logDriver() {
        var log = host.object("LogConfig");
        if (log.isSet("Config")) {
            throw new ApiException(
                    501, "HostConfig.LogConfig.Config: options of log drivers are not built yet");
        }
        return switch (log.text("Type")) {
            case "", "json-file" -> ContainerSpec.LogDriver.JSON_FILE;
            case "none" -> ContainerSpec.LogDriver.NONE;
            default ->
                    throw new ApiException(
                            501,
                            "HostConfig.LogConfig.Type: there is no log driver "
                                    + log.text("Type")
                                    + ", only json-file and none");
        };
    }
}
