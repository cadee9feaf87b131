package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.Image;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The container engine as a library: every method acts for a {@link Caller} and sees only that
 * caller's tenant. Each blocks until what it says is done and durable, and throws {@link
 * EngineException}. Objects are named by name, full id or unique prefix of the id; host root names
 * another tenant's container by its full id or as {@code TENANT/NAME}, tenant being a user's name
 * or uid.
 */
public interface Engine extends AutoCloseable {
    /** A container made: its 64-digit id and what was changed or ignored, a sentence each. */
    record Made(String id, List<String> warnings) {}

    /**
     * Refuses what policy forbids, a taken name (Conflict), an image that is not there (NotFound).
     */
    Made create(Caller caller, @Nullable String name, ContainerSpec spec);

    /**
     * As {@link #caller}, from memory: it never waits. To be asked when the peer connects, for ids
     * that are one tenant's container's then may be another's later. Empty if it takes longer to
     * tell, or if the uid is nobody's; then {@link #caller} says.
     */
    Optional<Caller> known(long uid, long gid, List<Long> groups);

    /**
     * Who the peer of a request acts for; Denied if its uid is nobody's: neither a user's of this
     * host, nor a subordinate id of one, nor of a container that runs.
     *
     * @param groups supplementary
     */
    Caller caller(long uid, long gid, List<Long> groups);

    /**
     * As {@link #caller(Remote)}, from memory: it never waits. Empty if it takes longer to tell.
     */
    Optional<Tenant> known(Remote remote);

    /**
     * Whom a client from elsewhere acts for; Denied if the policy names no user for it. Its groups
     * are those that the host's databases have.
     */
    Caller caller(Remote remote);

    Container inspect(Caller caller, String container);

    /** The request that made a container, see {@link ContainerSpec}; empty if there was none. */
    String origin(Caller caller, String container);

    /** All containers of the caller's tenant, newest first. */
    List<Container> list(Caller caller);

    /**
     * As {@link #list(Caller)}, of these tenants; host root may ask for others than its own.
     *
     * @param tenants by uid or user's name, {@code *} for all; none: the caller's own
     * @throws EngineException.Denied for other tenants than the caller's own, if it is not host
     *     root
     */
    List<Container> list(Caller caller, List<String> tenants);

    /** The name of the user whose container it is; the uid if that user is gone. */
    String tenantName(Container container);

    /** Unchanged if it runs already. */
    void start(Caller caller, String container);

    /**
     * Sends the stop signal and, after the timeout, SIGKILL; returns when it has ended. Unchanged
     * if it does not run.
     *
     * @param seconds {@code null}: the container's own; negative: never SIGKILL
     */
    void stop(Caller caller, String container, @Nullable String signal, @Nullable Integer seconds);

    /**
     * @param signal name or number, empty for SIGKILL
     */
    void kill(Caller caller, String container, String signal);

    /**
     * Stops it as {@link #stop} if it runs, and starts it. A container that is deleted when it ends
     * is not deleted by this.
     */
    void restart(
            Caller caller, String container, @Nullable String signal, @Nullable Integer seconds);

    /** For its ends from now on. Conflict for a container that is deleted when it ends. */
    void setRestartPolicy(Caller caller, String container, RestartPolicy policy);

    /** Gives it another name; Conflict if that is taken. The old name is free at once. */
    void rename(Caller caller, String container, String name);

    /**
     * Conflict if it runs or is about to be restarted.
     *
     * @param withVolumes whether its anonymous volumes that no other container uses go too
     */
    void delete(Caller caller, String container, boolean withVolumes);

    /** As {@link #delete}; kills it first if it runs. */
    void killAndDelete(Caller caller, String container, boolean withVolumes);

    /** The terminal's size, in character cells. */
    void resize(Caller caller, String container, int rows, int columns);

    /** What to wait for; Docker's three words. */
    enum WaitFor {
        /** It does not run (now). */
        NOT_RUNNING,
        /** Its next end, even if it does not run now. */
        NEXT_EXIT,
        /** It is deleted. */
        REMOVED
    }

    /** Registered when returned: no end after that is missed. {@link Waiting#await} then blocks. */
    Waiting waitFor(Caller caller, String container, WaitFor what);

    /** A registered wait. */
    interface Waiting extends AutoCloseable {
        /** How it ended. */
        record Ended(int code, @Nullable String error) {}

        /** Blocks until then. */
        Ended await() throws InterruptedException;

        /** Gives the wait up. */
        @Override
        void close();
    }

    /** Which of a process's streams. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * Where a process's output goes; called by one thread at a time. May block: that holds the
     * process back.
     */
    interface Output {
        void write(Stream stream, byte[] bytes, int offset, int length) throws java.io.IOException;
    }

    /** A client's connection to a process's streams. */
    interface Attachment extends AutoCloseable {
        /** Bytes for the process's standard input; blocks when the process does not read. */
        void write(byte[] bytes, int offset, int length) throws java.io.IOException;

        /** The client's input has ended. */
        void endInput() throws java.io.IOException;

        /**
         * Blocks until the process's output has ended and all of it has been written, or {@link
         * #close}.
         */
        void awaitEnd() throws InterruptedException;

        /** The client leaves by its detach keys: as {@link #close}, and the events say so. */
        void detach();

        /** Detaches; the process goes on. */
        @Override
        void close();
    }

    /**
     * Registered when returned, also to a container that has not started: nothing it writes after
     * that is missed.
     *
     * @param output gets only the streams in {@code streams}
     * @param stdin whether this client will send input
     */
    Attachment attach(
            Caller caller,
            String container,
            java.util.Set<Stream> streams,
            boolean stdin,
            Output output);

    /**
     * Which part of the log to read.
     *
     * @param since inclusive
     * @param until inclusive; reading ends there, also when following
     * @param tail lines; negative: all
     */
    record LogQuery(
            java.util.Set<Stream> streams,
            boolean follow,
            @Nullable Instant since,
            @Nullable Instant until,
            long tail) {}

    /** A piece of the log: a line with its newline, or a part of a long line without. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record LogEntry(Instant time, Stream stream, byte[] bytes) {}

    /** Reads the log; {@link Log#next} blocks when following. */
    Log logs(Caller caller, String container, LogQuery query);

    /** An open log. */
    interface Log extends AutoCloseable {
        /** Empty at the end; when following, that is when the container has ended. */
        Optional<LogEntry> next() throws java.io.IOException, InterruptedException;

        /** May be called by another thread: ends a blocked {@link #next}. */
        @Override
        void close();
    }

    /**
     * A process to run in a running container.
     *
     * @param user empty: the container's
     * @param workingDir empty: the container's
     * @param env added to the container's
     */
    record ExecSpec(
            List<String> args,
            List<String> env,
            String user,
            String workingDir,
            boolean terminal,
            boolean stdin,
            boolean stdout,
            boolean stderr,
            boolean privileged,
            String detachKeys) {}

    /**
     * An exec as it stands.
     *
     * @param pid on the host; 0 before it starts
     * @param code {@code null} until it has ended
     */
    record Exec(
            String id,
            String container,
            ExecSpec spec,
            boolean running,
            long pid,
            @Nullable Integer code) {}

    /** Returns the exec's 64-digit id. Conflict unless the container runs. */
    String createExec(Caller caller, String container, ExecSpec spec);

    /** Starts it attached; returns when the process runs. Invalid if it cannot be executed. */
    Attachment startExec(Caller caller, String exec, int rows, int columns, Output output);

    /** Starts it with no streams; returns when the process runs. */
    void startExecDetached(Caller caller, String exec);

    Exec inspectExec(Caller caller, String exec);

    void resizeExec(Caller caller, String exec, int rows, int columns);

    /** The caller's images, newest first. */
    List<Image> images(Caller caller);

    Image inspectImage(Caller caller, String image);

    /** Told what a load is doing, a line each. */
    interface Progress {
        void say(String line);
    }

    /**
     * Loads a docker-archive or OCI archive (plain, gzip or zstd). Returns Docker's lines: {@code
     * Loaded image: NAME}.
     */
    void load(Caller caller, InputStream archive, Progress progress);

    /**
     * A root file system as a tar becomes an image of one layer.
     *
     * @param name empty: no name
     * @param changes Dockerfile instructions such as {@code CMD ["sh"]}
     */
    Image importImage(
            Caller caller, InputStream tar, String name, String message, List<String> changes);

    void tag(Caller caller, String image, String name);

    /** What a removal did, in order. */
    sealed interface Removal {
        record Untagged(String name) implements Removal {}

        record Deleted(String id) implements Removal {}
    }

    /**
     * By name takes the name away, and with the last one removes the image, unless a running
     * container has it; by id removes it with all its names.
     *
     * @throws EngineException.Conflict if it is given by id and a running container has it; without
     *     force also if it would go and any container has it, or if it is given by id and has names
     *     in several repositories
     */
    List<Removal> removeImage(Caller caller, String image, boolean force);

    /** What happens to the caller's objects. */
    Events events();

    /** Containers' own files. */
    RootFiles files();

    /** Images from and to registries. */
    Transfers transfers();

    /** Images as files: commit, save, verify. */
    ImageFiles imageFiles();

    /** Images made in steps. */
    Builds builds();

    /** Disk usage, and the removal of what is not used. */
    Housekeeping housekeeping();

    /** The caller's volumes. */
    Volumes volumes();

    /** Networks. */
    Networks networks();

    /** Pausing, limits, statistics and processes. */
    Usage usage();

    /** What the kernel shows of containers and their ids. */
    Evidence evidence();

    /** What the policy lets the caller have. */
    Permits permits();

    /** What the engine is and has; facts for {@code info} and {@code version}. */
    EngineInfo info(Caller caller);

    /** Stops serving; containers go on. */
    @Override
    void close();
}
