package dev.rootbound.app;

import java.util.Arrays;

/** Watches terminal input for the keys that leave a container without stopping it. */
final class DetachKeys {
    private final byte[] sequence;
    private int matched;

    private DetachKeys(byte[] sequence) {
        this.sequence = sequence;
    }

    /** Docker's syntax: characters and {@code ctrl-} ones by commas; empty: ctrl-p,ctrl-q. */
    static DetachKeys parse(String text) {
        String[] keys = (text.isEmpty() ? "ctrl-p,ctrl-q" : text).split(",", -1);
        byte[] sequence = new byte[keys.length];
        for (int i = 0; i < keys.length; i++) sequence[i] = key(keys[i], text);
        return new DetachKeys(sequence);
    }

    private static byte key(String key, String text) {
        if (key.length() == 1 && key.charAt(0) < 128) return (byte) key.charAt(0);
        if (key.length() == 6 && key.startsWith("ctrl-")) {
            char c = key.charAt(5);
            if (c >= 'a' && c <= 'z') return (byte) (c - 'a' + 1);
            int special = "@[\\]^_".indexOf(c);
            if (special >= 0) return (byte) (special == 0 ? 0 : 26 + special);
        }
        throw new CliException(
                125, "invalid detach keys (" + text + "): unknown character: '" + key + "'");
    }

    /** What is to be sent on; {@code detached}: the keys were pressed, nothing after counts. */
    @SuppressWarnings("ArrayRecordComponent") // sent at once, never compared
    record Step(byte[] bytes, boolean detached) {}

    /** Keys that may begin the sequence are held back until the next key decides. */
    Step accept(byte[] input, int length) {
        byte[] out = new byte[length + sequence.length];
        int size = 0;
        for (int i = 0; i < length; i++) {
            byte b = input[i];
            if (b != sequence[matched] && matched > 0) {
                System.arraycopy(sequence, 0, out, size, matched);
                size += matched;
                matched = 0;
            }
            if (b != sequence[matched]) out[size++] = b;
            else if (++matched == sequence.length) return new Step(Arrays.copyOf(out, size), true);
        }
        return new Step(Arrays.copyOf(out, size), false);
    }
}
