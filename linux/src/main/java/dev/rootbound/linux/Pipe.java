package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/** A pipe(7), both ends close-on-exec. */
public record Pipe(Fd read, Fd write) implements AutoCloseable {
    /** pipe2(2). */
    public static Pipe open() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var ends = arena.allocate(8, 4);
            Native.call(Syscall.PIPE2, "", ends.address(), At.O_CLOEXEC);
            return new Pipe(
                    new Fd(ends.get(ValueLayout.JAVA_INT, 0)),
                    new Fd(ends.get(ValueLayout.JAVA_INT, 4)));
        }
    }

    /**
     * The end that the engine keeps waits without holding a carrier thread; the child's end blocks
     * as usual.
     */
    public Fd keepRead() throws ErrnoException {
        return read.nonBlocking();
    }

    /** {@link #keepRead} for the other direction. */
    public Fd keepWrite() throws ErrnoException {
        return write.nonBlocking();
    }

    @Override
    public void close() {
        read.close();
        write.close();
    }
}
