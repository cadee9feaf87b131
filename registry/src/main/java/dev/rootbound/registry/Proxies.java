package dev.rootbound.registry;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The proxies that an environment names, read as Go's net/http and curl(1) do. */
final class Proxies extends ProxySelector {
    /** A password in it would be in a message sooner or later. */
    private static final Pattern PROXY =
            Pattern.compile("http://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?/?");

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        var host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        boolean secure = "https".equals(uri.getScheme());
        var proxy = value(secure ? "HTTPS_PROXY" : "HTTP_PROXY");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
        if (proxy.isEmpty() || Loopback.is(host) || isExcepted(host, port)) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(new Proxy(Proxy.Type.HTTP, address(proxy)));
    }

    private String value(String name) {
        var lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        return lower.isEmpty() ? environment.getOrDefault(name, "") : lower;
    }

    private boolean isExcepted(String host, int port) {
        for (var entry : value("NO_PROXY").toLowerCase(Locale.ROOT).split(",")) {
            var excepted = entry.strip();
            if (excepted.equals("*") || isWithin(host, excepted)) return true;
            if (excepted.endsWith(":" + port) && !isAddress(excepted)) {
                excepted = excepted.substring(0, excepted.lastIndexOf(':'));
            }
            var domain = excepted.startsWith("*.") ? excepted.substring(1) : excepted;
            var suffix = domain.startsWith(".") ? domain : "." + domain;
            if (!domain.isEmpty() && (host.equals(domain) || host.endsWith(suffix))) return true;
        }
        return false;
    }

    /** Whether an address is in a network such as {@code 10.0.0.0/8}, or is that address. */
    private static boolean isWithin(String host, String network) {
        int slash = network.indexOf('/');
        var start = slash < 0 ? network : network.substring(0, slash);
        if (!isAddress(host) || !isAddress(start)) return false;
        var address = InetAddress.ofLiteral(host).getAddress();
        var first = InetAddress.ofLiteral(start).getAddress();
        int bits = slash < 0 ? first.length * 8 : bits(network.substring(slash + 1));
        if (address.length != first.length || bits < 0 || bits > first.length * 8) return false;
        int rest = first.length * 8 - bits;
        return new BigInteger(1, address)
                .shiftRight(rest)
                .equals(new BigInteger(1, first).shiftRight(rest));
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static InetSocketAddress address(String proxy) {
        var text = proxy.contains("://") ? proxy : "http://" + proxy;
        if (!PROXY.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the proxy that the environment names is not http://HOST[:PORT], which is all"
                            + " that is supported");
        }
        var uri = URI.create(text);
        return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? HTTP_PORT : uri.getPort());
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException e) {
        // the request fails with the same exception
    }
}
