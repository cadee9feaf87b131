package dev.rootbound.engine;

import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.Rlimit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a container is asked to be. As it comes from a protocol, {@code null} and empty mean "as the
 * image says"; {@link Engine#create} fills those in, and what it stores has nothing left open.
 *
 * @param image the image as the caller named it
 * @param entrypoint {@code null}: the image's; empty: none
 * @param cmd {@code null}: the image's unless an entrypoint is given
 * @param env {@code NAME=value}; a bare {@code NAME} removes the image's
 * @param user {@code user[:group]}, names or numbers; empty: the image's
 * @param workingDir absolute path inside; empty: the image's, else {@code /}
 * @param hostname empty: the first twelve digits of the container's id
 * @param stdin whether the first process has a standard input that can be attached to
 * @param stdinOnce whether that input ends when the first attached client's does
 * @param stopSignal a signal's name or number; {@code null}: the image's, else SIGTERM
 * @param stopTimeout seconds between the stop signal and SIGKILL; {@code null}: 10
 * @param health {@code null}: the image's, or none
 * @param autoRemove whether the container is deleted when it ends
 * @param volumes in its tree; {@code null} in state files of engines that had none
 * @param volumesFrom {@code CONTAINER[:ro|rw]}, whose volumes it has too; empty once it is made
 * @param binds of the host; {@code null} in state files of engines that had none
 * @param network {@code null} in state files of engines that had none
 * @param annotations for the OCI runtime's config
 * @param restart whether it is started again when it ends
 * @param origin the request as its protocol spelled it, for that protocol's own inspect; the engine
 *     never reads it, and keeps it on disk: see {@link Engine#origin}
 */
public record ContainerSpec(
        String image,
        @Nullable List<String> entrypoint,
        @Nullable List<String> cmd,
        List<String> env,
        String user,
        String workingDir,
        String hostname,
        String domainname,
        boolean terminal,
        boolean stdin,
        boolean stdinOnce,
        Map<String, String> labels,
        @Nullable String stopSignal,
        @Nullable Integer stopTimeout,
        @Nullable HealthCheck health,
        boolean autoRemove,
        RestartPolicy restart,
        boolean init,
        boolean readOnlyRoot,
        long shmSize,
        List<Tmpfs> tmpfs,
        List<VolumeMount> volumes,
        List<String> volumesFrom,
        List<BindMount> binds,
        NetworkSpec network,
        List<String> groupAdd,
        Isolation isolation,
        Resources resources,
        List<Rlimit> rlimits,
        @Nullable Integer oomScoreAdj,
        LogDriver logDriver,
        Map<String, String> annotations,
        LogOptions logOptions,
        String origin) {

    /** Bytes of /dev/shm when the request does not say: Docker's 64 MiB. */
    public static final long DEFAULT_SHM_SIZE = 64L << 20;

    public ContainerSpec {
        entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
        cmd = cmd == null ? null : List.copyOf(cmd);
        env = List.copyOf(env);
        labels = Map.copyOf(labels);
        tmpfs = List.copyOf(tmpfs);
        volumes = volumes == null ? List.of() : List.copyOf(volumes);
        volumesFrom = volumesFrom == null ? List.of() : List.copyOf(volumesFrom);
        binds = binds == null ? List.of() : List.copyOf(binds);
        network = NetworkSpec.orPlain(network);
        groupAdd = List.copyOf(groupAdd);
        rlimits = List.copyOf(rlimits);
        annotations = Map.copyOf(annotations);
        restart = orNo(restart);
        // the state files of engines that had no options have none
        logOptions = logOptions == null ? LogOptions.NONE : logOptions;
    }

    /** What leaves everything open but the image. */
    public static ContainerSpec of(String image) {
        return new SpecDraft(image).done();
    }

    /** This one with what {@code changes} sets, and only that, changed. */
    public ContainerSpec with(Consumer<SpecDraft> changes) {
        var draft = new SpecDraft(this);
        changes.accept(draft);
        return draft.done();
    }

    /** State files of the first release have none. */
    private static RestartPolicy orNo(@Nullable RestartPolicy given) {
        return given == null ? RestartPolicy.NO : given;
    }

    /**
     * A tmpfs at an absolute path inside, with mount(8) options such as {@code size=64m,mode=1777}.
     */
    public record Tmpfs(String target, String options) {}

    /** Where the first process's output goes. */
    public enum LogDriver {
        /** A file that {@code logs} reads back. */
        JSON_FILE,
        /** The same, which bounds itself unless told otherwise. */
        LOCAL,
        /** Nowhere: {@code logs} is refused. */
        NONE
    }
}
