package dev.rootbound.engine;

import javax.security.auth.x500.X500Principal;

/** Who connects over tcp, of whom the kernel cannot say whose process it is. */
public sealed interface Remote {
    /**
     * Who has shown a certificate that TLS has verified.
     *
     * @param subject the certificate's, RFC 5280
     */
    record Certified(X500Principal subject) implements Remote {}

    /**
     * Who has shown none.
     *
     * @param host where it connected: {@code tcp://ADDRESS:PORT} as the engine was told to listen
     */
    record Plain(String host) implements Remote {}
}
