package dev.rootbound.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Canaries that are no files: what the host agent holds, and what goes with it.
 *
 * @param handle of the secret file, as name_to_handle_at(2) has it
 * @param key the serial number of a key in host root's user keyring; 0 without keyrings
 * @param disk the minor number of a loop device that has the secret; {@code null} if there is none
 * @param noDisk why not
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record HostSecrets(byte[] handle, long key, @Nullable Integer disk, String noDisk) {
    /** Of an id-mapped key's name. */
    static final String KEY = "rootbound-attack";

    static final int LOOP_MAJOR = 7;

    private static final int HANDLE = 128;
    private static final int USER_KEYRING = -4;
    private static final int SET_TIMEOUT = 15;
    private static final int SECONDS = 60;
    private static final int TRIES = 5;

    private static final long LOOP_GET_FREE = 0x4C82;
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final int CONFIG = 304;
    private static final int FLAGS = 8 + 52;
    private static final int READ_ONLY_AUTOCLEAR = 1 | 4;

    static HostSecrets make(Actor host, Path file, Path disk, String secret) throws IOException {
        var handle = handle(host, file.toString());
        long key = key(host, secret);
        try {
            return new HostSecrets(handle, key, loop(host, disk.toString()), "");
        } catch (ErrnoException e) {
            return new HostSecrets(
                    handle, key, null, "no loop device for a canary: " + e.getMessage());
        }
    }

    private static byte[] handle(Actor host, String file) throws IOException {
        var memory = new Memory();
        long name = memory.text(file);
        long handle = memory.ints(HANDLE, 0);
        memory.space(HANDLE);
        long mount = memory.space(8);
        host.call(Call.NAME_TO_HANDLE_AT, file, memory, -100, name, handle, mount, 0);
        return memory.at(handle, 8 + memory.intAt(handle));
    }

    /** It goes by itself, however the engine ends. */
    private static long key(Actor host, String secret) throws IOException {
        try {
            var memory = new Memory();
            long type = memory.text("user");
            long name = memory.text(KEY);
            long payload = memory.put(secret.getBytes(ISO_8859_1));
            long key =
                    host.call(
                            Call.ADD_KEY,
                            KEY,
                            memory,
                            type,
                            name,
                            payload,
                            secret.length(),
                            USER_KEYRING);
            host.call(Call.KEYCTL, KEY, SET_TIMEOUT, key, SECONDS);
            return key;
        } catch (ErrnoException e) {
            return 0;
        }
    }

    /** The kernel frees it when the agent, which has it open, ends (loop(4)). */
    private static int loop(Actor host, String disk) throws IOException {
        long file = host.open(disk, Actor.READ);
        long control = host.open("/dev/loop-control", Actor.READ_WRITE);
        for (int tries = 1; ; tries++) {
            int number = (int) host.call(Call.IOCTL, "/dev/loop-control", control, LOOP_GET_FREE);
            long loop = host.open("/dev/loop" + number, Actor.READ);
            try {
                var memory = new Memory();
                long config = memory.ints((int) file, 512);
                memory.space(CONFIG - 8);
                memory.set(config + FLAGS, READ_ONLY_AUTOCLEAR);
                host.call(Call.IOCTL, "/dev/loop" + number, memory, loop, LOOP_CONFIGURE, config);
                return number;
            } catch (ErrnoException e) { // somebody else has taken it meanwhile
                host.close(loop);
                if (tries == TRIES) throw e;
            }
        }
    }
}
