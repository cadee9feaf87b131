package dev.rootbound.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a system call's pointers point at: written here, put into the agent's memory for the call,
 * and as the call left it afterwards.
 */
final class Memory {
    private static final long BASE = AgentProgram.MEMORY + 0x1000;
    private static final int LIMIT = 0xf000;

    private final ByteBuffer bytes = ByteBuffer.allocate(LIMIT).order(ByteOrder.LITTLE_ENDIAN);

    /** Its address. */
    long put(byte[] given) {
        long address = space(0);
        bytes.put(given);
        return address;
    }

    /** A C string; a char a byte. */
    long text(String given) {
        return put((given + "\0").getBytes(ISO_8859_1));
    }

    /** Zeroes, aligned to eight bytes. */
    long space(int length) {
        bytes.position((bytes.position() + 7) & ~7);
        long address = BASE + bytes.position();
        bytes.position(bytes.position() + length);
        return address;
    }

    long ints(int... given) {
        long address = space(0);
        for (int each : given) bytes.putInt(each);
        return address;
    }

    long longs(long... given) {
        long address = space(0);
        for (long each : given) bytes.putLong(each);
        return address;
    }

    void set(long address, int value) {
        bytes.putInt((int) (address - BASE), value);
    }

    int intAt(long address) {
        return bytes.getInt((int) (address - BASE));
    }

    long longAt(long address) {
        return bytes.getLong((int) (address - BASE));
    }

    byte[] at(long address, int length) {
        var found = new byte[length];
        bytes.get((int) (address - BASE), found);
        return found;
    }

    byte[] used() {
        return at(BASE, bytes.position());
    }

    void changed(byte[] by) {
        bytes.put(0, by);
    }
}
