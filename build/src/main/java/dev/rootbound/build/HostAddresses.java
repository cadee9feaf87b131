package dev.rootbound.build;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Arrays;

/**
 * Addresses that this host reaches and a container does not: its own, its link's, and those of
 * other users' containers.
 */
final class HostAddresses {
    private static final String BRIDGE = "rb";

    private HostAddresses() {}

    static boolean has(InetAddress address) throws IOException {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || NetworkInterface.getByInetAddress(address) != null
                || isOnABridge(address);
    }

    private static boolean isOnABridge(InetAddress address) throws IOException {
        return NetworkInterface.networkInterfaces()
                .filter(each -> each.getName().startsWith(BRIDGE))
                .flatMap(each -> each.getInterfaceAddresses().stream())
                .anyMatch(own -> isIn(address, own.getAddress(), own.getNetworkPrefixLength()));
    }

    static boolean isIn(InetAddress address, InetAddress network, int prefix) {
        var one = address.getAddress();
        var other = network.getAddress();
        if (one.length != other.length) return false;
        int whole = prefix / 8;
        if (!Arrays.equals(one, 0, whole, other, 0, whole)) return false;
        int shift = 8 - prefix % 8;
        return shift == 8 || (one[whole] & 0xff) >> shift == (other[whole] & 0xff) >> shift;
    }
}
