package dev.rootbound.network;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * A block of addresses of one family, RFC 4632 and RFC 4291.
 *
 * @param network its first address: no bit is set behind the prefix
 * @param prefix bits that all of them have in common
 */
public record Cidr(InetAddress network, int prefix) {
    public Cidr {
        if (prefix < 0 || prefix > bits(network)) {
            throw new IllegalArgumentException(
                    "a prefix of "
                            + prefix
                            + " bits: "
                            + Addresses.text(network)
                            + " has "
                            + bits(network));
        }
        if (!masked(network, prefix).equals(network)) {
            throw new IllegalArgumentException(
                    Addresses.text(network)
                            + "/"
                            + prefix
                            + " is not a network: its first address is "
                            + Addresses.text(masked(network, prefix)));
        }
    }

    /**
     * The block that an address with a prefix is in: {@code 172.18.0.5/16} is in 172.18.0.0/16.
     *
     * @throws IllegalArgumentException if it is no such text
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not ADDRESS/BITS, such as 172.30.0.0/16");
        }
        return of(
                Addresses.parse(text.substring(0, slash)),
                Integer.parseInt(text.substring(slash + 1)));
    }

    /** The block of that size which an address is in. */
    public static Cidr of(InetAddress address, int prefix) {
        if (prefix < 0 || prefix > bits(address)) {
            throw new IllegalArgumentException(
                    "a prefix of " + prefix + " bits for " + Addresses.text(address));
        }
        return new Cidr(masked(address, prefix), prefix);
    }

    private static InetAddress masked(InetAddress address, int prefix) {
        var bytes = address.getAddress();
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return Addresses.of(bytes);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * 8;
    }

    /** Whether it has IPv4 addresses. */
    public boolean isIpv4() {
        return network instanceof Inet4Address;
    }

    /** Whether an address is in it. */
    public boolean contains(InetAddress address) {
        return bits(address) == bits(network) && masked(address, prefix).equals(network);
    }

    /** Whether all of another's are in it. */
    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.network);
    }

    /**
     * Whether no link has it: the network itself, and of IPv4 the address of all that are on it.
     */
    public boolean isEnd(InetAddress address) {
        return address.equals(network)
                || (isIpv4() && address.equals(address(size().subtract(BigInteger.ONE))));
    }

    /** Whether the two have an address in common. */
    public boolean overlaps(Cidr other) {
        return contains(other.network) || other.contains(network);
    }

    /** How many addresses it has. */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(bits(network) - prefix);
    }

    /**
     * Its address of that number, from 0.
     *
     * @throws IllegalArgumentException if it has no such
     */
    public InetAddress address(BigInteger number) {
        if (number.signum() < 0 || number.compareTo(size()) >= 0) {
            throw new IllegalArgumentException(this + " has no address number " + number);
        }
        var sum = new BigInteger(1, network.getAddress()).add(number).toByteArray();
        var bytes = new byte[bits(network) / 8];
        int length = Math.min(sum.length, bytes.length);
        System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
        return Addresses.of(bytes);
    }

    /** As {@link #address(BigInteger)}. */
    public InetAddress address(long number) {
        return address(BigInteger.valueOf(number));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr(InetAddress first, int bits)
                && bits == prefix
                && Arrays.equals(first.getAddress(), network.getAddress());
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network.getAddress()) + prefix;
    }

    @Override
    public String toString() {
        return Addresses.text(network) + "/" + prefix;
    }
}
