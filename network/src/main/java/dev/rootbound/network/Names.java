package dev.rootbound.network;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a container may ask: the names it can see. It is asked by several threads at once, and by a
 * container as often as that likes: it answers from memory.
 */
public interface Names {
    /**
     * The addresses of a name, of both families.
     *
     * @param name lower case, without a trailing dot
     * @return in their order, which answers begin anywhere in; empty if the name is not ours
     */
    List<InetAddress> addresses(String name);

    /** The name of an address of ours, such as {@code web.mynet}; empty if it is not ours. */
    Optional<String> name(InetAddress address);
}
