package dev.rootbound.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a registry's certificate may come from, and by which the engine is known to it: the system's
 * CAs, and a directory as Docker's {@code certs.d/HOST:PORT}.
 */
final class RegistryTls {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};

    private final RegistrySettings settings;

    RegistryTls(RegistrySettings settings) {
        this.settings = settings;
    }

    /**
     * @param authority {@code HOST[:PORT]}
     * @param verified whether to verify the registry's certificate
     * @throws IOException naming the file that cannot be used
     */
    SSLContext context(String authority, boolean verified) throws IOException {
        var files = files(authority);
        try {
            var context = SSLContext.getInstance("TLS");
            var trust = verified ? trust(files) : new TrustManager[] {new Anybody()};
            context.init(keys(files), trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("set up TLS for registry " + authority + ": " + e, e);
        }
    }

    /** Whether there is a directory for it. */
    boolean isSet(String authority) {
        return settings.certificates().stream()
                .anyMatch(directory -> Files.isDirectory(directory.resolve(authority)));
    }

    private List<Path> files(String authority) throws IOException {
        for (var directory : settings.certificates()) {
            var own = directory.resolve(authority);
            if (Files.isDirectory(own)) {
                try (var files = Files.list(own)) {
                    return files.sorted().toList();
                }
            }
        }
        return List.of();
    }

    private static TrustManager @Nullable [] trust(List<Path> files)
            throws IOException, GeneralSecurityException {
        var own = new ArrayList<X509Certificate>();
        for (var file : files) {
            if (file.toString().endsWith(".crt")) own.addAll(certificates(file));
        }
        if (own.isEmpty()) return null; // the system's
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (var certificate : own) store.setCertificateEntry("own-" + store.size(), certificate);
        for (var certificate : system()) {
            store.setCertificateEntry("system-" + store.size(), certificate);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static List<X509Certificate> system() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        var all = new ArrayList<X509Certificate>();
        for (var manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                all.addAll(Arrays.asList(x509.getAcceptedIssuers()));
            }
        }
        return all;
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            var bytes = new ByteArrayInputStream(Files.readAllBytes(file));
            return CertificateFactory.getInstance("X.509").generateCertificates(bytes).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IOException("read certificates of " + file + ": " + e.getMessage(), e);
        }
    }

    private static javax.net.ssl.KeyManager @Nullable [] keys(List<Path> files)
            throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (var file : files) {
            var name = file.toString();
            if (!name.endsWith(".cert")) continue;
            var chain = certificates(file).toArray(X509Certificate[]::new);
            if (chain.length == 0) throw new IOException(file + " has no certificate");
            var keyFile = Path.of(name.substring(0, name.length() - ".cert".length()) + ".key");
            var key = key(keyFile, chain[0].getPublicKey().getAlgorithm());
            store.setKeyEntry("client-" + store.size(), key, NO_PASSWORD, chain);
        }
        if (store.size() == 0) return null;
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static PrivateKey key(Path file, String algorithm) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file + " for the certificate beside it");
        }
        var pem = KEY.matcher(Files.readString(file));
        if (!pem.find()) {
            throw new IOException(
                    file + " is no PKCS#8 key in PEM; openssl pkcs8 -topk8 -nocrypt makes it one");
        }
        try {
            var der = Base64.getMimeDecoder().decode(pem.group(1));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("read the key of " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * For a registry that is named insecure: any certificate. Extended, so that no name is compared
     * either.
     */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
