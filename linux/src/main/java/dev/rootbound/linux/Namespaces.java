package dev.rootbound.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** What must be done inside another namespace, each on a thread that ends with it, setns(2). */
public final class Namespaces {
    private static final int CLONE_NEWUTS = 0x0400_0000;
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final short IFF_UP_RUNNING = 0x41;

    private Namespaces() {}

    /**
     * Runs the action in the network namespace that {@code file} is or pins, network_namespaces(7):
     * a socket that it opens stays in there. It starts no thread and no process.
     */
    public static <T> T inNetwork(Path file, Callable<T> action) throws IOException {
        try (var network = Fd.open(file, At.O_RDONLY)) {
            return within(network, CLONE_NEWNET, action);
        }
    }

    /** Sets the loopback device of a network namespace up, netdevice(7). */
    static void loopbackUp(Fd network) throws IOException {
        within(
                network,
                CLONE_NEWNET,
                () -> {
                    try (var arena = Arena.ofConfined();
                            var socket =
                                    new Fd(
                                            (int)
                                                    Native.call(
                                                            Syscall.SOCKET,
                                                            "",
                                                            AF_INET,
                                                            SOCK_DGRAM | SOCK_CLOEXEC,
                                                            0))) {
                        var request = arena.allocate(40, 8); // struct ifreq
                        request.setString(0, "lo");
                        request.set(ValueLayout.JAVA_SHORT, 16, IFF_UP_RUNNING);
                        Native.call(
                                Syscall.IOCTL,
                                "lo",
                                socket.number(),
                                SIOCSIFFLAGS,
                                request.address());
                        return socket;
                    }
                });
    }

    /** Sets the NIS domain name of a process's UTS namespace, setdomainname(2). */
    public static void setDomainname(long pid, String name) throws IOException {
        try (var uts = Fd.open(Path.of("/proc/" + pid + "/ns/uts"), At.O_RDONLY)) {
            within(
                    uts,
                    CLONE_NEWUTS,
                    () -> {
                        try (var arena = Arena.ofConfined()) {
                            var bytes = Names.of(name);
                            var text = arena.allocate(bytes.length + 1L);
                            MemorySegment.copy(
                                    bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
                            return Native.call(
                                    Syscall.SETDOMAINNAME, name, text.address(), bytes.length);
                        }
                    });
        }
    }

    private static <T> T within(Fd namespace, int type, Callable<T> action) throws IOException {
        return Isolated.run(() -> {
            Native.call(Syscall.SETNS, "", namespace.number(), type);
            return action.call();
        });
    }
}
