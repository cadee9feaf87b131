package dev.rootbound.engine;

import dev.rootbound.network.Addresses;
import dev.rootbound.network.Bridge;
import java.util.Map;

/**
 * What the options of Docker's driver {@code bridge} say.
 *
 * @param bridge the link's name; empty: the engine's choice
 * @param mtu bytes; 0: the kernel's default
 * @param bindingAddress where ports are published that name no address of the host; empty: on all
 */
record NetworkOptions(
        String bridge, int mtu, boolean connected, boolean masqueraded, String bindingAddress) {
    private static final String PREFIX = "com.docker.network.";
    private static final int SMALLEST_MTU = 68; // RFC 791
    private static final int LARGEST_MTU = 65_535;

    /** Throws {@link EngineException.Invalid} with the reason. */
    static NetworkOptions parse(Map<String, String> options) {
        var bridge = "";
        int mtu = 0;
        boolean connected = true;
        boolean masqueraded = true;
        var address = "";
        for (var option : options.entrySet()) {
            var value = option.getValue();
            switch (option.getKey()) {
                case PREFIX + "bridge.name" -> bridge = name(value);
                case PREFIX + "driver.mtu" -> mtu = mtu(value);
                case PREFIX + "bridge.enable_icc" -> connected = flag(option.getKey(), value);
                case PREFIX + "bridge.enable_ip_masquerade" ->
                        masqueraded = flag(option.getKey(), value);
                case PREFIX + "bridge.host_binding_ipv4" -> address = address(value);
                default ->
                        throw new EngineException.Invalid(
                                "network option "
                                        + TextRule.shown(option.getKey())
                                        + " is not known; "
                                        + PREFIX
                                        + "bridge.enable_icc, bridge.enable_ip_masquerade,"
                                        + " bridge.host_binding_ipv4, bridge.name and driver.mtu"
                                        + " are");
            }
        }
        return new NetworkOptions(bridge, mtu, connected, masqueraded, address);
    }

    private static String name(String value) {
        try {
            var all = Bridge.Reach.ALL;
            return new Bridge(value, java.util.List.of(), 0, all).name();
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    private static int mtu(String value) {
        int mtu = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
        if (mtu >= SMALLEST_MTU && mtu <= LARGEST_MTU) return mtu;
        throw new EngineException.Invalid(
                "an MTU is "
                        + SMALLEST_MTU
                        + " to "
                        + LARGEST_MTU
                        + ", not '"
                        + TextRule.shown(value)
                        + "'");
    }

    private static boolean flag(String option, String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                    throw new EngineException.Invalid(
                            "network option "
                                    + option
                                    + " is true or false, not '"
                                    + TextRule.shown(value)
                                    + "'");
        };
    }

    private static String address(String value) {
        try {
            var address = Addresses.parse(value);
            if (address instanceof java.net.Inet4Address) return Addresses.text(address);
            throw new IllegalArgumentException("'" + value + "' is not an IPv4 address");
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }
}
