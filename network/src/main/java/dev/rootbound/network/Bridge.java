package dev.rootbound.network;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A bridge of the host, and what may pass it.
 *
 * @param name of the link, at most 15 characters
 * @param sides the host's address on it and the network that it is in, of each family once
 * @param mtu bytes; 0: the kernel's default
 */
public record Bridge(String name, List<Side> sides, int mtu, Reach reach) {
    private static final int LONGEST_NAME = 15; // IFNAMSIZ, linux/if.h

    /** The host's address in a network. */
    public record Side(Cidr cidr, InetAddress gateway) {
        @Override
        public String toString() {
            return Addresses.text(gateway) + "/" + cidr.prefix();
        }
    }

    /**
     * What its containers reach.
     *
     * @param internal nothing but each other
     * @param masqueraded they are seen outside with the host's address
     * @param connected each other
     */
    public record Reach(boolean internal, boolean masqueraded, boolean connected) {
        /** Each other, and the world behind the host's address. */
        public static final Reach ALL = new Reach(false, true, true);
    }

    public Bridge {
        if (!name.matches("[a-zA-Z][a-zA-Z0-9_.-]{0," + (LONGEST_NAME - 1) + "}")) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no name of a bridge: at most 15 letters, digits, _ . -");
        }
        sides = List.copyOf(sides);
    }

    Optional<Side> ipv4() {
        return sides.stream().filter(side -> side.cidr().isIpv4()).findFirst();
    }

    Optional<Side> ipv6() {
        return sides.stream().filter(side -> !side.cidr().isIpv4()).findFirst();
    }
}
