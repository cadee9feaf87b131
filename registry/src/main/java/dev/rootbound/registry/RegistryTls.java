package dev.rootbound.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a registry's certificate may come from, and by which the engine is known to it: the system's
 * CAs, and a directory as Docker's {@code certs.d/HOST:PORT}.
 */
final class RegistryTls {
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
            var trust = verified ? trust(files) : PemFiles.anybody();
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
            if (file.toString().endsWith(".crt")) own.addAll(PemFiles.certificates(file));
        }
        if (own.isEmpty()) return null; // the system's
        own.addAll(system());
        return PemFiles.trust(own);
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

    private static javax.net.ssl.KeyManager @Nullable [] keys(List<Path> files)
            throws IOException, GeneralSecurityException {
        var own = new ArrayList<PemFiles.Identity>();
        for (var file : files) {
            var name = file.toString();
            if (!name.endsWith(".cert")) continue;
            var chain = PemFiles.certificates(file);
            if (chain.isEmpty()) throw new IOException(file + " has no certificate");
            var key = Path.of(name.substring(0, name.length() - ".cert".length()) + ".key");
            if (!Files.exists(key)) {
                throw new IOException("there is no " + key + " for the certificate beside it");
            }
            own.add(new PemFiles.Identity(chain, PemFiles.key(key, chain.getFirst())));
        }
        return PemFiles.keys(own);
    }
}
