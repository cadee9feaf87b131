package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for many writes: {@link Fd#write} allocates some each time, which costs more than
 * writing a small file. For one thread.
 */
public final class WriteBuffer implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer;

    public WriteBuffer(int capacity) {
        this.buffer = arena.allocate(capacity);
    }

    /** write(2) until all is written. */
    public void write(Fd to, byte[] bytes, int offset, int length) throws ErrnoException {
        for (int at = 0; at < length; ) {
            int part = (int) Math.min(length - at, buffer.byteSize());
            MemorySegment.copy(bytes, offset + at, buffer, ValueLayout.JAVA_BYTE, 0, part);
            for (long done = 0; done < part; ) {
                done +=
                        Native.call(
                                Syscall.WRITE,
                                "",
                                to.number(),
                                buffer.address() + done,
                                part - done);
            }
            at += part;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
