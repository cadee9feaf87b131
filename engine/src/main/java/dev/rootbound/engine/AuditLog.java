package dev.rootbound.engine;

import dev.rootbound.linux.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who was granted more than other containers have: a JSON object a line, on disk before what was
 * granted begins. A grant that cannot be written is none.
 *
 * <pre>{@code
 * {"time":"2026-01-31T12:00:00Z","action":"start","tenant":1000,"user":"alice","uid":1000,
 *  "pid":4242,"container":"4f…","name":"box","grants":[{"setting":"privileged",
 *  "what":"privileged mode","rule":"/etc/rootbound/policy.yaml:7"}]}
 * }</pre>
 *
 * <p>{@code uid} and {@code pid} are the peer's that asked, pid 0 nobody's: the engine itself, by a
 * restart policy. Who asked over tcp by a certificate has its subject as {@code certificate}. A
 * full file becomes {@code UID.log.1} and those before it one more; the eighth goes. Each tenant
 * has files of its own: none can have another's records go.
 */
final class AuditLog {
    private static final long FULL = 16L << 20;
    private static final int KEPT = 8;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;
    private final HostUsers users;
    private final InstantSource clock;
    private final long full;

    /**
     * @param directory made when there is something to write
     */
    AuditLog(Path directory, HostUsers users, InstantSource clock) {
        this(directory, users, clock, FULL);
    }

    /**
     * @param full bytes at which another file begins
     */
    AuditLog(Path directory, HostUsers users, InstantSource clock, long full) {
        this.directory = directory;
        this.users = users;
        this.clock = clock;
        this.full = full;
    }

    /**
     * For whom, and what for.
     *
     * @param action create, start, restart or exec
     * @param caller who asked
     * @param tenant whose the container is
     * @param container its id
     */
    record Subject(String action, Caller caller, long tenant, String container, String name) {
        static Subject of(String action, Caller caller, Container container) {
            return new Subject(
                    action, caller, container.tenant().uid(), container.id(), container.name());
        }
    }

    /**
     * Writes what was granted, if it is anything.
     *
     * @throws EngineException.Failed if it is not on disk
     */
    void record(Subject subject, List<Grant> grants) {
        if (grants.isEmpty()) return;
        var file = directory.resolve(subject.tenant() + ".log");
        try {
            append(file, line(subject, grants));
        } catch (IOException e) {
            throw new EngineException.Failed(
                    grants.getFirst().what()
                            + ": the policy allows it, and it is refused because that cannot be"
                            + " recorded in "
                            + file
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private byte[] line(Subject subject, List<Grant> grants) throws IOException {
        var caller = subject.caller();
        ObjectNode object =
                JSON.createObjectNode()
                        .put("time", clock.instant().toString())
                        .put("action", subject.action())
                        .put("tenant", subject.tenant())
                        .put("user", users.name(subject.tenant()))
                        .put("uid", caller.uid())
                        .put("pid", caller.pid())
                        .put("container", subject.container())
                        .put("name", subject.name());
        if (!caller.certificate().isEmpty()) object.put("certificate", caller.certificate());
        var array = object.putArray("grants");
        for (var grant : grants) {
            array.addObject()
                    .put("setting", grant.setting())
                    .put("what", grant.what())
                    .put("rule", grant.rule());
        }
        return (JSON.writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Opened anew each time: whoever moves the file away loses nothing. */
    private synchronized void append(Path file, byte[] line) throws IOException {
        if (!Files.exists(directory)) {
            DurableFiles.directories(directory);
            DurableFiles.sync(Objects.requireNonNull(directory.getParent()));
        }
        boolean there = Files.exists(file);
        if (there && Files.size(file) + line.length > full) {
            rotate(file);
            there = false;
        }
        var options =
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
        var closed =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(file, options, closed)) {
            long before = channel.size();
            try {
                var bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) channel.write(bytes);
                channel.force(true);
            } catch (IOException e) { // a full disk: half a line would spoil the next
                channel.truncate(before);
                throw e;
            }
        }
        if (!there) DurableFiles.sync(directory);
    }

    private static void rotate(Path file) throws IOException {
        Files.deleteIfExists(numbered(file, KEPT - 1));
        for (int number = KEPT - 2; number >= 0; number--) {
            if (Files.exists(numbered(file, number))) {
                Files.move(
                        numbered(file, number),
                        numbered(file, number + 1),
                        StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static Path numbered(Path file, int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }
}
