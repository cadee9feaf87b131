/**
 * The networks of containers: bridges, addresses, published ports and names. What is to be is
 * planned as text and done by ip(8) and nft(8), in a table of our own; nobody else's rules are
 * touched. It knows no container and no tenant. Read {@link dev.rootbound.network.Firewall} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.network {
    requires static org.jspecify;
    requires dev.rootbound.linux;

    exports dev.rootbound.network;
}
