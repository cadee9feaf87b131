package dev.rootbound.registry;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * How each host is verified that a registry's client comes to: by what is set for that host, never
 * by what is set for the registry that sends there.
 */
final class HostTls {
    private static final String SYSTEM = "";
    private static final String ANYBODY = "*";

    private final RegistryTls tls;
    private final Predicate<String> insecure;

    /**
     * By authority; hosts for which nothing is set share one, for a registry may send to any
     * number. Guarded by this.
     */
    private final Map<String, SSLContext> contexts = new HashMap<>();

    HostTls(RegistryTls tls, Predicate<String> insecure) {
        this.tls = tls;
        this.insecure = insecure;
    }

    /**
     * @param authority {@code HOST[:PORT]}
     * @throws IOException naming the file that cannot be used
     */
    synchronized SSLContext of(String authority) throws IOException {
        boolean verified = !insecure.test(authority);
        var shared = verified ? SYSTEM : ANYBODY;
        var key = tls.isSet(authority) ? authority : shared;
        var known = contexts.get(key);
        if (known != null) return known;
        var made = tls.context(authority, verified);
        contexts.put(key, made);
        return made;
    }
}
