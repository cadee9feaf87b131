package dev.rootbound.engine;

import dev.rootbound.network.Addresses;
import dev.rootbound.network.Links;
import dev.rootbound.network.Protocol;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a container has of networks, in its bundle: it is there as long as the container has that,
 * for an engine that comes later.
 */
final class StayFile {
    private StayFile() {}

    /** What the file holds. */
    record Content(List<End> ends, List<Opened> ports) {}

    /** One network. */
    record End(
            String network,
            String id,
            String device,
            String outside,
            String mac,
            String ip4,
            String ip6,
            boolean isDefault) {
        static End of(Stay.Plugged plugged) {
            var plug = plugged.plug();
            return new End(
                    plugged.network().id(),
                    plugged.id(),
                    plug.device(),
                    plug.outside(),
                    plug.mac(),
                    text(plug.ip4()),
                    text(plug.ip6()),
                    plug.isDefault());
        }

        Stay.Plugged on(Network on) {
            var plug = new Links.Plug(device, outside, mac, address(ip4), address(ip6), isDefault);
            return new Stay.Plugged(id, on, plug);
        }
    }

    /** One port. */
    record Opened(int port, String protocol, String hostAddress, int hostPort) {
        static Opened of(Networks.OpenPort open) {
            return new Opened(
                    open.port(),
                    open.protocol().text(),
                    Addresses.text(open.hostAddress()),
                    open.hostPort());
        }

        Networks.OpenPort open() {
            return new Networks.OpenPort(
                    port, Protocol.parse(protocol), Addresses.parse(hostAddress), hostPort);
        }
    }

    private static String text(@Nullable InetAddress address) {
        return address == null ? "" : Addresses.text(address);
    }

    private static @Nullable InetAddress address(String text) {
        return text.isEmpty() ? null : Addresses.parse(text);
    }

    private static Path path(Bundle bundle) {
        return bundle.directory().resolve("networks.json");
    }

    /** Not durable: the container does not outlive the host either. */
    static void write(Bundle bundle, Stay stay) throws IOException {
        var content =
                new Content(
                        stay.plugs.stream().map(End::of).toList(),
                        stay.ports.stream().map(port -> Opened.of(port.open())).toList());
        var fresh = path(bundle).resolveSibling("networks.json.new");
        Files.write(fresh, JsonMapper.shared().writeValueAsBytes(content));
        Files.move(fresh, path(bundle), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Nothing, of a container that an engine without networks has started. */
    static Content read(Bundle bundle) throws IOException {
        if (!Files.exists(path(bundle))) return new Content(List.of(), List.of());
        try {
            return JsonMapper.shared().readValue(Files.readAllBytes(path(bundle)), Content.class);
        } catch (JacksonException e) {
            throw new IOException(path(bundle) + " is damaged: " + e.getOriginalMessage(), e);
        }
    }
}
