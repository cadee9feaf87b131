package dev.rootbound.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Certificates and keys as openssl(1) writes them, RFC 7468, and what TLS makes of them. */
public final class PemFiles {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1?PRIVATE"
                            + " KEY-----");
    private static final char[] NO_PASSWORD = {};

    /** RFC 5208: version 0, and the algorithm rsaEncryption of RFC 8017. */
    private static final byte[] RSA =
            HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private PemFiles() {}

    /** A certificate, with those between it and a CA behind it, and its key. */
    public record Identity(List<X509Certificate> chain, PrivateKey key) {
        /** Of certificates in the order that they are sent in, one at least. */
        public Identity {
            chain = List.copyOf(chain);
        }
    }

    /**
     * The certificates of a file, in its order; none if it has none.
     *
     * @throws IOException naming the file
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            var bytes = new ByteArrayInputStream(bytes(file));
            return CertificateFactory.getInstance("X.509").generateCertificates(bytes).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException e) {
            throw new IOException("read certificates of " + file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        }
    }

    /**
     * The key of a certificate, PKCS#8 or, of RSA, PKCS#1.
     *
     * @throws IOException naming the file
     */
    public static PrivateKey key(Path file, X509Certificate certificate) throws IOException {
        var pem = KEY.matcher(new String(bytes(file), StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException(
                    file + " is no PKCS#8 key in PEM; openssl pkcs8 -topk8 -nocrypt makes it one");
        }
        try {
            var der = Base64.getMimeDecoder().decode(pem.group(2));
            var spec = new PKCS8EncodedKeySpec(pem.group(1) == null ? der : wrapped(der));
            var algorithm = certificate.getPublicKey().getAlgorithm();
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("read the key of " + file + ": " + e.getMessage(), e);
        }
    }

    /** PKCS#8 of a key of PKCS#1. */
    private static byte[] wrapped(byte[] key) {
        var inner = new ByteArrayOutputStream();
        inner.writeBytes(RSA);
        inner.writeBytes(tagged(0x04, key)); // OCTET STRING
        return tagged(0x30, inner.toByteArray()); // SEQUENCE
    }

    /** In DER, X.690, with a length of two bytes or three: an RSA key is longer than one says. */
    private static byte[] tagged(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 256) {
            out.write(0x81);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    /**
     * Who is spoken as, and who is trusted.
     *
     * @param own one of them, as the other side asks; none: nobody
     * @param trusted CAs; {@code null}: the system's
     * @throws IOException if they do not fit together
     */
    public static SSLContext context(List<Identity> own, @Nullable List<X509Certificate> trusted)
            throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(own), trusted == null ? null : trust(trusted), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("set up TLS: " + e, e);
        }
    }

    /**
     * As {@link #context}, for somebody whose certificate is not looked at: anybody may answer.
     *
     * @throws IOException if they do not fit together
     */
    public static SSLContext unverified(List<Identity> own) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(own), anybody(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("set up TLS: " + e, e);
        }
    }

    static TrustManager[] anybody() {
        return new TrustManager[] {new Anybody()};
    }

    static TrustManager[] trust(List<X509Certificate> trusted)
            throws IOException, GeneralSecurityException {
        var store = empty();
        for (var certificate : trusted)
            store.setCertificateEntry("ca-" + store.size(), certificate);
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    static KeyManager @Nullable [] keys(List<Identity> own)
            throws IOException, GeneralSecurityException {
        if (own.isEmpty()) return null;
        var store = empty();
        for (var identity : own) {
            var chain = identity.chain().toArray(X509Certificate[]::new);
            store.setKeyEntry("own-" + store.size(), identity.key(), NO_PASSWORD, chain);
        }
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    /** Any certificate. Extended, so that no name is compared either. */
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
