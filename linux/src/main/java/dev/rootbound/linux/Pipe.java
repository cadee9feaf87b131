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

    @Override
    public void close() {
        read.close();
        write.close();
    }
}
