package dev.rootbound.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What is asked for of a container's place on one network. */
final class EndpointOptions {
    private static final Pattern LONG = Pattern.compile("\\w+=\\w+");
    private static final Pattern MAC = Pattern.compile("[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}");

    String network;
    final List<String> aliases = new ArrayList<>();
    final List<String> links = new ArrayList<>();
    final List<String> linkLocal = new ArrayList<>();
    private final Map<String, String> driverOptions = new LinkedHashMap<>();
    String ip4 = "";
    String ip6 = "";
    String mac = "";
    long gatewayPriority;

    EndpointOptions(String network) {
        this.network = network;
    }

    /**
     * A name, or {@code name=N,alias=A,ip=…}.
     *
     * @throws IllegalArgumentException if a field of the long form is none
     */
    static EndpointOptions parse(String text) {
        if (!LONG.matcher(text).find()) return new EndpointOptions(text);
        var endpoint = new EndpointOptions("");
        for (String field : text.split(",", -1)) endpoint.field(field);
        if (endpoint.network.isEmpty())
            throw new IllegalArgumentException("network name/id is not specified");
        return endpoint;
    }

    private void field(String field) {
        int equals = field.indexOf('=');
        if (equals < 1) throw new IllegalArgumentException("invalid field " + field);
        String value = field.substring(equals + 1).strip();
        String key = field.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        switch (key) {
            case "name" -> network = value;
            case "alias" -> aliases.add(value);
            case "driver-opt" -> driverOption(value);
            case "ip" -> ip4 = value;
            case "ip6" -> ip6 = value;
            case "mac-address" -> mac = mac(value);
            case "link-local-ip" -> linkLocal.add(value);
            case "gw-priority" -> gatewayPriority = priority(value);
            default -> throw new IllegalArgumentException("invalid field key " + key);
        }
    }

    static String mac(String text) {
        if (text.isEmpty() || MAC.matcher(text).matches()) return text;
        throw new IllegalArgumentException(text + " is not a valid mac address");
    }

    private static long priority(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "invalid gw-priority (" + text + "): invalid syntax", e);
        }
    }

    /**
     * {@code NAME=VALUE}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    void driverOption(String text) {
        int equals = text.indexOf('=');
        if (equals < 1)
            throw new IllegalArgumentException("invalid key value pair format in driver options");
        driverOptions.put(
                text.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                text.substring(equals + 1).strip());
    }

    /** Docker's EndpointSettings: without members if nothing is asked for. */
    Json.Members json() {
        var address =
                new Json.Members()
                        .with("IPv4Address", ip4)
                        .with("IPv6Address", ip6)
                        .with("LinkLocalIPs", linkLocal);
        var endpoint =
                new Json.Members()
                        .with("Links", links)
                        .with("Aliases", aliases)
                        .with("MacAddress", mac)
                        .with("DriverOpts", driverOptions)
                        .with("GwPriority", gatewayPriority);
        return address.map().isEmpty() ? endpoint : endpoint.with("IPAMConfig", address);
    }
}
