package dev.rootbound.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/** The supplementary groups of the peer of a unix(7) socket: socket(7), SO_PEERGROUPS. */
public final class PeerGroups {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERGROUPS = 59; // asm-generic/socket.h, Linux 4.13

    /** More than most users have: for those who have more, a second call gets them all. */
    private static final int USUAL = 32;

    private PeerGroups() {}

    /**
     * As they were when the peer connected or began to listen, in the kernel's order; its primary
     * group is among them only if it is a supplementary one, too.
     *
     * @param socket the descriptor of a connected socket
     * @throws ErrnoException also if the kernel does not know a peer, ENODATA
     */
    public static List<Long> of(int socket) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var length = arena.allocate(ValueLayout.JAVA_INT);
            long room = (long) USUAL * Integer.BYTES;
            while (true) {
                var groups = arena.allocate(room, Integer.BYTES);
                length.set(ValueLayout.JAVA_INT, 0, (int) room);
                try {
                    Native.call(
                            Syscall.GETSOCKOPT,
                            "SO_PEERGROUPS",
                            socket,
                            SOL_SOCKET,
                            SO_PEERGROUPS,
                            groups.address(),
                            length.address());
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.ERANGE) throw e;
                    room = length.get(ValueLayout.JAVA_INT, 0); // what it takes
                    continue;
                }
                int count = length.get(ValueLayout.JAVA_INT, 0) / Integer.BYTES;
                return IntStream.range(0, count)
                        .mapToObj(i -> groups.getAtIndex(ValueLayout.JAVA_INT, i))
                        .map(Integer::toUnsignedLong)
                        .toList();
            }
        }
    }
}
