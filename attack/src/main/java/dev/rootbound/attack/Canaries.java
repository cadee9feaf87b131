package dev.rootbound.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What attacks try to reach, made for one run of them and taken away after it: files of host root's
 * and of a stranger's in a directory that the twin shares, a process of host root's, a key, a disk.
 * What a run that was killed has left, {@link #sweep} takes away: no process, key or disk outlives
 * the engine.
 */
public final class Canaries implements AutoCloseable {
    /** An id that systemd's list of them (UIDS-GIDS.md) and useradd(8) leave to nobody. */
    private static final long STRANGER = 60_900;

    private static final String NAME = "rootbound-attack-";

    private final Undo undo = new Undo();
    private final String secret;
    private final Path directory;
    private final Agent hostAgent;
    private final Agent victimAgent;
    private final Actor host;
    private final Actor victim;
    private final HostSecrets secrets;
    private long held;

    /**
     * @param program the agent's
     * @param records where is written down what is there, for {@link #sweep}
     * @param uid of who asks, to whom the shared directory belongs
     */
    private Canaries(Path program, Path records, long uid, long gid, RandomGenerator random)
            throws IOException {
        var bytes = new byte[8];
        random.nextBytes(bytes);
        this.secret = HexFormat.of().formatHex(bytes);
        this.directory = Path.of("/tmp", NAME + secret.substring(8));
        try {
            Files.createDirectories(records);
            var record = records.resolve(name());
            Files.writeString(record, Long.toString(uid));
            var made = Trees.make(directory); // if that fails, the next engine looks for it
            undo.on(() -> {
                try (made) {
                    Trees.remove(directory, made);
                }
                Files.delete(record); // not before it is gone: else nobody would try again
            });
            this.hostAgent = undo.on(new Agent(new HostConversation(program.toString())));
            this.victimAgent = undo.on(new Agent(new HostConversation(program.toString())));
            this.host = new Actor(hostAgent);
            this.victim = new Actor(victimAgent);
            makeFiles(uid, gid);
            this.secrets = HostSecrets.make(host, secretFile(), disk(), secret);
        } catch (IOException | RuntimeException e) {
            try (undo) {
                throw e;
            }
        }
    }

    /** Makes them. */
    public static Canaries make(
            Path program, Path records, long uid, long gid, RandomGenerator random)
            throws IOException {
        return new Canaries(program, records, uid, gid, random);
    }

    /** Of this run; also of its twin. */
    public String name() {
        return name(directory);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** Takes away what a run has left that was killed. */
    public interface Removal {
        /**
         * Its twin.
         *
         * @param name as {@link Canaries#name}
         * @param uid of whom it was made for
         */
        void remove(String name, long uid) throws IOException;
    }

    /**
     * Takes away what runs have left that were killed, or could not take it away themselves. The
     * record of a run goes last: what fails is tried again the next time.
     *
     * @throws IOException if something of a run is still there; the others' is gone all the same
     */
    public static void sweep(Path records, Removal twins) throws IOException {
        try (var left = Files.newDirectoryStream(records, NAME + "*");
                var undo = new Undo()) { // one that fails does not keep the others
            for (var record : left) undo.on(() -> sweepRun(record, twins));
        } catch (NoSuchFileException e) {
            // there never was a run
        }
    }

    private static void sweepRun(Path record, Removal twins) throws IOException {
        twins.remove(name(record), Long.parseLong(Files.readString(record)));
        Trees.remove(Path.of("/tmp", name(record)));
        Files.delete(record);
    }

    private void makeFiles(long uid, long gid) throws IOException {
        file(secretFile(), "rw-------");
        file(disk(), "rw-------");
        Files.writeString(disk(), secret + " ".repeat(4096 - secret.length()));
        Files.createDirectory(shared());
        make(shared().resolve("sticky"), 01777);
        make(shared().resolve("roots"), 0755);
        file(shared().resolve("roots/program"), "rwxr-xr-x");
        // in a directory of root's: who owns the other could move them to one of its own
        var program = shared().resolve("roots/tells-root");
        AgentProgram.write(program, AgentProgram.tellsRoot(), "r-xr-xr-x");
        host.changeMode(program.toString(), 04755);
        file(shared().resolve("strangers"), "rw-------");
        owner(shared().resolve("strangers"), STRANGER, STRANGER);
        host.makeNode(shared() + "/roots/null", Actor.CHARACTER, 1, 3);
        host.changeMode(shared() + "/roots/null", 0666);
        owner(shared(), uid, gid);
    }

    private void make(Path path, int mode) throws IOException {
        Files.createDirectory(path);
        host.changeMode(path.toString(), mode);
    }

    private void file(Path path, String mode) throws IOException {
        Files.writeString(path, secret);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static void owner(Path path, long uid, long gid) throws IOException {
        for (var id : Map.of("unix:uid", uid, "unix:gid", gid).entrySet()) {
            Files.setAttribute(path, id.getKey(), id.getValue().intValue());
        }
    }

    /** A device node that an image's layer could have: /dev/null's numbers. */
    public void plantDevice(Path layer, long owner) throws IOException {
        var node = layer.resolve(name(Path.of(Scene.SHARED)) + "-null").toString();
        host.makeNode(node, Actor.CHARACTER, 1, 3);
        host.changeMode(node, 0666);
        host.changeOwner(node, owner, owner);
    }

    /** What the twin is to see at {@link #SHARED}. */
    public Path shared() {
        return directory.resolve("shared");
    }

    /** Where the twin is to see {@link #shared}. */
    public static final String SHARED = Scene.SHARED;

    private Path disk() {
        return directory.resolve("disk");
    }

    private Path secretFile() {
        return directory.resolve("secret");
    }

    /** In all canaries that are read. */
    String secret() {
        return secret;
    }

    String secretPath() {
        return secretFile().toString();
    }

    HostSecrets secrets() {
        return secrets;
    }

    long stranger() {
        return STRANGER;
    }

    /** Says so if that is the secret. */
    String found(byte[] bytes, String where) throws IOException {
        var text = new String(bytes, ISO_8859_1);
        if (text.startsWith(secret)) return "the canary was read: " + where;
        throw new NotThereException(where + " was read, but it is not the canary");
    }

    Actor host() {
        return host;
    }

    /** Something that is done while the victim is in a process namespace. */
    interface Done<T> {
        /**
         * Does it.
         *
         * @param victim its process number there
         */
        T with(long victim) throws IOException;
    }

    /** Where the victim has the secret in its memory. */
    static final long REMEMBERED = AgentProgram.MEMORY + 0x1000;

    /** The descriptor by which the victim has the secret file open. */
    long held() {
        return held;
    }

    /**
     * With a process of host root's in the process namespace of a container, which knows the
     * secret.
     *
     * @param pid of a process of the container, on the host
     */
    <T> T withVictim(long pid, Done<T> done) throws IOException {
        return victim.inChild(() -> {
            victim.call(Call.ALARM, "", 0); // it lives as long as all attacks take
            held = victim.open(secretPath(), Actor.READ);
            long namespace = victim.open("/proc/" + pid + "/ns/pid", Actor.READ);
            victim.call(Call.SETNS, "pid", namespace, 0x2000_0000L); // CLONE_NEWPID
            return victim.inChild(() -> {
                victim.call(Call.ALARM, "", 0);
                var memory = new Memory();
                long _ = memory.put(secret.getBytes(ISO_8859_1));
                return done.with(victim.call(Call.GETPID, "", memory));
            });
        });
    }

    @Override
    public void close() throws IOException {
        undo.close();
    }
}
