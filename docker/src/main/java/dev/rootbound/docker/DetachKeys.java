package dev.rootbound.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The keys that end an attach while the process goes on, looked for in what the client types. Keys
 * that turn out to be no such sequence are passed on late but unchanged.
 */
final class DetachKeys {
    private static final String DEFAULT = "ctrl-p,ctrl-q";

    private final byte[] sequence;
    private final byte[] held;
    private int count;

    private DetachKeys(byte[] sequence) {
        this.sequence = sequence;
        this.held = new byte[sequence.length];
    }

    /**
     * Parses {@code ctrl-x,a}: single characters and {@code ctrl-} with a letter or one of @[\]^_.
     */
    static DetachKeys parse(String text) {
        var keys = (text.isEmpty() ? DEFAULT : text).split(",", -1);
        var sequence = new byte[keys.length];
        for (int i = 0; i < keys.length; i++) {
            sequence[i] = key(keys[i], text);
        }
        return new DetachKeys(sequence);
    }

    private static byte key(String key, String text) {
        var lower = key.toLowerCase(Locale.ROOT);
        if (key.length() == 1 && key.charAt(0) < 128) {
            return (byte) key.charAt(0);
        }
        char last = lower.isEmpty() ? ' ' : lower.charAt(lower.length() - 1);
        if (lower.length() == 6 && lower.startsWith("ctrl-")) {
            if ((last >= 'a' && last <= 'z') || "@[\\]^_".indexOf(last) >= 0) {
                return (byte) (last & 0x1f);
            }
        }
        throw new ApiException(
                400,
                "invalid detach keys (" + text + ") provided: Unknown character: '" + key + "'");
    }

    /** Whether the sequence is complete. {@code pass} gets what is for the process. */
    boolean typed(byte[] bytes, int length, Pass pass) throws IOException {
        var out = new ByteArrayOutputStream(length);
        for (int i = 0; i < length; i++) {
            held[count++] = bytes[i];
            while (!Arrays.equals(held, 0, count, sequence, 0, count)) {
                out.write(held[0]);
                count--;
                System.arraycopy(held, 1, held, 0, count);
            }
            if (count == sequence.length) {
                count = 0;
                pass.on(out.toByteArray());
                return true;
            }
        }
        pass.on(out.toByteArray());
        return false;
    }

    /** Takes what is for the process. */
    interface Pass {
        void on(byte[] bytes) throws IOException;
    }
}
