package dev.rootbound.registry;

import java.util.regex.Pattern;

/** Hosts that are this one by their name, without asking anybody. */
final class Loopback {
    private static final Pattern IPV4 = Pattern.compile("127(?:\\.[0-9]{1,3}){3}");

    private Loopback() {}

    /**
     * @param host without port; IPv6 with or without brackets
     */
    static boolean is(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || IPV4.matcher(host).matches();
    }
}
