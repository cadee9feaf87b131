package dev.rootbound.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The proxies that an environment names, read as Go's net/http and curl(1) do. */
final class Proxies extends ProxySelector {
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
            if (excepted.equals("*")) return true;
            if (excepted.endsWith(":" + port)) {
                excepted = excepted.substring(0, excepted.lastIndexOf(':'));
            }
            var domain = excepted.startsWith("*.") ? excepted.substring(1) : excepted;
            var suffix = domain.startsWith(".") ? domain : "." + domain;
            if (!domain.isEmpty() && (host.equals(domain) || host.endsWith(suffix))) return true;
        }
        return false;
    }

    private static InetSocketAddress address(String proxy) {
        var uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        if (uri.getHost() == null || !"http".equals(uri.getScheme()) || uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the proxy that the environment names is not http://HOST[:PORT], which is all"
                            + " that is supported");
        }
        return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? HTTP_PORT : uri.getPort());
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException e) {
        // the request fails with the same exception
    }
}
