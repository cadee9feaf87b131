package dev.rootbound.registry;

import java.net.URI;

/**
 * Where a registry answers.
 *
 * @param uri of its root
 * @param isInsecure named so: whatever its certificate is, it is not verified
 */
record Origin(URI uri, boolean isInsecure) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** Whether it is known by its certificate, and so the same each time. */
    boolean isVerified() {
        return isSecure(uri) && !isInsecure;
    }

    /** Whether an address is at the same scheme, host and port. */
    boolean has(URI other) {
        return isSecure(other) == isSecure(uri)
                && uri.getHost().equalsIgnoreCase(other.getHost())
                && port(uri) == port(other)
                && other.getRawUserInfo() == null;
    }

    private static boolean isSecure(URI uri) {
        return uri.getScheme().equalsIgnoreCase("https");
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return isSecure(uri) ? HTTPS : HTTP;
    }
}
