package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** The engine's side of a pseudo-terminal, pty(7). */
public record Terminal(Fd controller, Path line) implements AutoCloseable {
    private static final int O_NOCTTY = 0x100;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTN = 0x80045430;

    /** Opens a new pair. */
    public static Terminal open() throws ErrnoException {
        var controller =
                Dir.openat2(
                                At.FDCWD,
                                Names.of("/dev/ptmx"),
                                At.O_RDWR | O_NOCTTY | At.O_NONBLOCK,
                                0,
                                0)
                        .nonBlocking();
        try (var arena = Arena.ofConfined()) {
            var number = arena.allocate(4, 4);
            Native.call(
                    Syscall.IOCTL, "TIOCSPTLCK", controller.number(), TIOCSPTLCK, number.address());
            Native.call(Syscall.IOCTL, "TIOCGPTN", controller.number(), TIOCGPTN, number.address());
            return new Terminal(
                    controller, Path.of("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0)));
        } catch (ErrnoException e) {
            controller.close();
            throw e;
        }
    }

    @Override
    public void close() {
        controller.close();
    }
}
