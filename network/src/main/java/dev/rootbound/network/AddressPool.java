package dev.rootbound.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The addresses of a network that are free. Thread-safe. */
public final class AddressPool {
    private final Cidr cidr;
    private final Cidr range;
    private final Set<InetAddress> reserved;

    // guarded by this
    private final Set<InetAddress> taken = new HashSet<>();
    private BigInteger next = BigInteger.ZERO;

    /**
     * @param range the part of it that addresses are taken from
     * @param reserved nobody's
     */
    public AddressPool(Cidr cidr, Cidr range, Collection<InetAddress> reserved) {
        this.cidr = cidr;
        this.range = range;
        this.reserved = Set.copyOf(reserved);
    }

    /** The lowest that is free; empty if there is none. */
    public synchronized Optional<InetAddress> take() {
        var end = range.size();
        for (var number = next; number.compareTo(end) < 0; number = number.add(BigInteger.ONE)) {
            var address = range.address(number);
            if (isFree(address)) {
                taken.add(address);
                next = number.add(BigInteger.ONE);
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    /**
     * This one.
     *
     * @throws IllegalArgumentException if it is none of the network's
     * @return false if it is not free
     */
    public synchronized boolean take(InetAddress address) {
        if (!cidr.contains(address) || cidr.isEnd(address)) {
            throw new IllegalArgumentException(
                    "no container can have " + Addresses.text(address) + " in the network " + cidr);
        }
        return isFree(address) && taken.add(address);
    }

    private boolean isFree(InetAddress address) {
        return !taken.contains(address) && !reserved.contains(address) && !cidr.isEnd(address);
    }

    /** It is free again. */
    public synchronized void give(InetAddress address) {
        taken.remove(address);
        next = BigInteger.ZERO;
    }
}
