package dev.rootbound.network;

import java.net.InetAddress;

/**
 * A port of the host that leads to one of a container.
 *
 * @param hostAddress where the host is reached; the address of all (0.0.0.0 or ::): each of its
 *     addresses
 * @param address the container's, of the same family
 */
public record Port(
        Protocol protocol, InetAddress hostAddress, int hostPort, InetAddress address, int port) {}
