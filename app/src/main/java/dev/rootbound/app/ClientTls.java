package dev.rootbound.app;

import dev.rootbound.registry.PemFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * How an engine at {@code tcp://} is spoken to: docker's options and variables ({@code --tls},
 * {@code --tlsverify}, {@code --tlscacert}, {@code --tlscert}, {@code --tlskey}; {@code
 * DOCKER_TLS}, {@code DOCKER_TLS_VERIFY}, {@code DOCKER_CERT_PATH}).
 *
 * @param verify whether the engine must show a certificate of the CA for its name
 * @param authority the CA's, PEM
 * @param certificate ours; not there: we show none, unless it was named
 * @param key its
 */
record ClientTls(boolean verify, Path authority, Path certificate, Path key) {
    /**
     * What is used; {@code null}: no TLS.
     *
     * @param options by name without dashes; {@code tls} and {@code tlsverify} are {@code true} or
     *     {@code false}
     */
    static @Nullable ClientTls of(Map<String, String> options, Map<String, String> environment) {
        boolean verify =
                isSet(options, "tlsverify", environment.getOrDefault("DOCKER_TLS_VERIFY", ""));
        boolean tls = isSet(options, "tls", environment.getOrDefault("DOCKER_TLS", ""));
        boolean named = options.keySet().stream().anyMatch(name -> name.startsWith("tlsc"));
        if (!verify && !tls && !named && !options.containsKey("tlskey")) return null;
        String directory = environment.getOrDefault("DOCKER_CERT_PATH", "");
        Path files =
                directory.isEmpty()
                        ? Path.of(environment.getOrDefault("HOME", "/"), ".docker")
                        : Path.of(directory);
        return new ClientTls(
                verify,
                file(options, "tlscacert", files.resolve("ca.pem")),
                file(options, "tlscert", files.resolve("cert.pem")),
                file(options, "tlskey", files.resolve("key.pem")));
    }

    private static boolean isSet(Map<String, String> options, String name, String otherwise) {
        String option = options.get(name);
        return option == null ? !otherwise.isEmpty() : !option.equals("false");
    }

    private static Path file(Map<String, String> options, String name, Path otherwise) {
        String text = options.get(name);
        return text == null ? otherwise : Path.of(text);
    }

    /** Connects, and knows whom with. */
    Socket connect(String host, InetSocketAddress address) throws IOException {
        var plain = new Socket(address.getAddress(), address.getPort());
        try {
            var socket =
                    (SSLSocket)
                            context()
                                    .getSocketFactory()
                                    .createSocket(plain, host, address.getPort(), true);
            var parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            if (verify) parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (SSLException e) {
            plain.close();
            throw new IOException("TLS with " + host + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private SSLContext context() throws IOException {
        List<PemFiles.Identity> own = List.of();
        if (Files.exists(certificate) || Files.exists(key)) {
            var chain = PemFiles.certificates(certificate);
            if (chain.isEmpty()) throw new IOException(certificate + " has no certificate");
            own = List.of(new PemFiles.Identity(chain, PemFiles.key(key, chain.getFirst())));
        }
        return verify
                ? PemFiles.context(own, PemFiles.certificates(authority))
                : PemFiles.unverified(own);
    }
}
