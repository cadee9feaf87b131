package dev.rootbound.network;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.NetlinkSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * The kernel's memory of where datagrams go: rules decide of the first of a conversation only, and
 * one that goes on goes where it went before, whoever is there now. TCP ends its conversations.
 */
final class Tracking {
    private static final int GET = 1 << 8 | 1; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET
    private static final int DELETE = 1 << 8 | 2;
    private static final String WHAT = "conversations of the kernel (nf_conntrack)";
    private static final int PACKET = 1 << 16; // more than the kernel makes of a dump
    private static final byte[] ALL = new byte[4]; // struct nfgenmsg, AF_UNSPEC

    private Tracking() {}

    /** Conversations with these ports begin anew. */
    static void forget(Collection<Port> ports) throws IOException {
        forget(ports, (_, _) -> true);
    }

    /** Those that lead elsewhere than these ports do now begin anew. */
    static void forgetOthers(Collection<Port> ports) throws IOException {
        forget(ports, Tracking::isLedElsewhere);
    }

    private static boolean isLedElsewhere(Port port, Tracked each) {
        return !each.from().equals(new Tracked.End(port.address(), port.port()));
    }

    private static void forget(Collection<Port> ports, BiPredicate<Port, Tracked> which)
            throws IOException {
        var udp = ports.stream().filter(port -> port.protocol() == Protocol.UDP).toList();
        if (udp.isEmpty()) return;
        var own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .map(address -> Addresses.of(address.getAddress())) // without a scope
                        .collect(Collectors.toSet());
        try (var socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
            for (var each : read(socket)) {
                var to = each.to().address();
                if (!to.isLoopbackAddress() && !own.contains(to)) continue; // passes through
                boolean old = udp.stream().anyMatch(p -> isOf(p, each) && which.test(p, each));
                if (old) remove(socket, each);
            }
        }
    }

    private static boolean isOf(Port port, Tracked each) {
        var at = port.hostAddress();
        var to = each.to().address();
        boolean there = at.isAnyLocalAddress() ? isIpv4(at) == isIpv4(to) : at.equals(to);
        return there && port.hostPort() == each.to().port();
    }

    private static boolean isIpv4(InetAddress address) {
        return address.getAddress().length == 4;
    }

    private static List<Tracked> read(NetlinkSocket socket) throws IOException {
        socket.send(Netlink.message(GET, Netlink.REQUEST | Netlink.DUMP, ALL));
        var found = new ArrayList<Tracked>();
        var packet = new byte[PACKET];
        while (true) {
            for (var message : Netlink.messages(packet, socket.receive(packet))) {
                if (message.type() == Netlink.DONE) return found;
                int errno = Netlink.errno(message);
                if (errno == Errno.EINVAL) return List.of(); // a kernel that does not tell
                if (errno != 0) throw new ErrnoException("list", WHAT, errno);
                Tracked.parse(message.content()).ifPresent(found::add);
            }
        }
    }

    private static void remove(NetlinkSocket socket, Tracked each) throws IOException {
        socket.send(Netlink.message(DELETE, Netlink.REQUEST | Netlink.ACKNOWLEDGED, each.key()));
        var packet = new byte[PACKET];
        for (var message : Netlink.messages(packet, socket.receive(packet))) {
            int errno = Netlink.errno(message);
            if (errno != 0 && errno != Errno.ENOENT)
                throw new ErrnoException("forget", WHAT, errno);
        }
    }
}
