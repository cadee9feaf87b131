package dev.rootbound.docker;

import dev.rootbound.engine.NetworkSpec.Attachment;
import dev.rootbound.network.Addresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Docker's EndpointSettings, as they are asked for. */
final class AskedEndpoint {
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}");

    /** Names go into files of lines and words; they are no more than a domain name, RFC 1035. */
    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}]{1,253}");

    private AskedEndpoint() {}

    static Attachment of(String network, Fields endpoint) {
        Unhonoured.refuseSet(endpoint, DockerFields.ENDPOINT);
        var ipam = endpoint.object("IPAMConfig");
        if (!ipam.texts("LinkLocalIPs").isEmpty()) {
            throw new ApiException(
                    501, ipam.path("LinkLocalIPs") + ": " + DockerFields.LINK_LOCAL_ADDRESSES);
        }
        return new Attachment(
                network,
                aliases(endpoint),
                links(endpoint, "Links"),
                address(ipam, "IPv4Address", true),
                address(ipam, "IPv6Address", false),
                mac(endpoint.path("MacAddress"), endpoint.text("MacAddress")),
                (int) endpoint.number("GwPriority", Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private static List<String> aliases(Fields endpoint) {
        var aliases = endpoint.texts("Aliases");
        for (var alias : aliases) {
            if (!isName(alias)) {
                throw new ApiException(
                        400,
                        endpoint.path("Aliases")
                                + ": '"
                                + alias
                                + "' is no name: it must have 1 to 253 characters and no space");
            }
        }
        return aliases.stream().distinct().toList();
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static String address(Fields ipam, String name, boolean ip4) {
        var text = ipam.text(name);
        if (text.isEmpty()) return "";
        InetAddress address;
        try {
            address = Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, ipam.path(name) + ": " + e.getMessage());
        }
        if (address instanceof Inet4Address != ip4) {
            throw new ApiException(
                    400, ipam.path(name) + ": invalid IPv" + (ip4 ? 4 : 6) + " address: " + text);
        }
        return Addresses.text(address);
    }

    /** In small letters, with colons. */
    static String mac(String path, String text) {
        if (!text.isEmpty() && !MAC.matcher(text).matches()) {
            throw new ApiException(
                    400,
                    path
                            + ": invalid MAC address: '"
                            + text
                            + "': it is six bytes, such as 02:42:ac:11:00:02");
        }
        return text.toLowerCase(Locale.ROOT).replace('-', ':');
    }

    /** {@code NAME[:ALIAS]}, or as Docker's inspect shows it: {@code /NAME:/CONTAINER/ALIAS}. */
    static Map<String, String> links(Fields fields, String name) {
        var links = new LinkedHashMap<String, String>();
        for (var text : fields.texts(name)) {
            var parts = text.split(":", -1);
            var other = parts[0].startsWith("/") ? parts[0].substring(1) : parts[0];
            var last = parts[parts.length - 1];
            var alias = last.substring(last.lastIndexOf('/') + 1);
            if (parts.length > 2 || !isName(other) || !isName(alias)) {
                throw new ApiException(
                        400, fields.path(name) + ": bad format for links: '" + text + "'");
            }
            var before = links.put(other, alias);
            if (before != null && !before.equals(alias)) {
                throw new ApiException(
                        501,
                        fields.path(name)
                                + ": "
                                + other
                                + " is linked as "
                                + before
                                + " and as "
                                + alias
                                + ": one alias for each container is what can be had");
            }
        }
        return links;
    }
}
