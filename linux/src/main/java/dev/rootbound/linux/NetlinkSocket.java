package dev.rootbound.linux;

/**
 * A netlink(7) socket of the network namespace in which it is opened: what is sent goes to the
 * kernel, each read gives a packet of its answers.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** Of what netfilter knows, linux/netlink.h. */
    public static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;

    private final Fd fd;

    private NetlinkSocket(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens one.
     *
     * @param protocol such as {@link #NETFILTER}
     */
    public static NetlinkSocket open(int protocol) throws ErrnoException {
        long number =
                Native.call(Syscall.SOCKET, "", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        var fd = new Fd((int) number);
        try {
            return new NetlinkSocket(fd.nonBlocking());
        } catch (ErrnoException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /** Sends a message, or several, as it is. */
    public void send(byte[] messages) throws ErrnoException {
        fd.write(messages, 0, messages.length);
    }

    /**
     * One packet, of one message or several: its length; what {@code into} lacks room for is lost.
     */
    public int receive(byte[] into) throws ErrnoException {
        return fd.read(into, 0, into.length);
    }

    @Override
    public void close() {
        fd.close();
    }
}
