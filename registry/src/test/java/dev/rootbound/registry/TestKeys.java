package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A CA, and what it vouches for: {@code server} is localhost, {@code client} is somebody. */
final class TestKeys {
    private static final String PASSWORD = "changeit";

    private final Path dir;

    TestKeys(Path dir) throws Exception {
        this.dir = dir;
        make("ca", "-ext", "bc:c");
        keytool("ca", "-exportcert", "-rfc", "-file", dir.resolve("ca.crt").toString());
        signed("server", "-ext", "san=dns:localhost");
        signed("client");
    }

    private void signed(String name, String... extensions) throws Exception {
        make(name);
        var request = dir.resolve(name + ".csr").toString();
        var certificate = dir.resolve(name + ".crt").toString();
        keytool(name, "-certreq", "-file", request);
        var sign = new ArrayList<>(List.of("-gencert", "-rfc", "-infile", request));
        sign.addAll(List.of("-outfile", certificate));
        sign.addAll(List.of(extensions));
        keytool("ca", sign.toArray(String[]::new));
        keytool(name, "-importcert", "-noprompt", "-file", certificate);
    }

    private void make(String name, String... more) throws Exception {
        var words = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-groupname"));
        words.addAll(List.of("secp256r1", "-dname", "CN=" + name));
        words.addAll(List.of(more));
        keytool(name, words.toArray(String[]::new));
        if (!name.equals("ca")) {
            keytool(
                    "ca",
                    "-importcert",
                    "-noprompt",
                    "-keystore",
                    store(name),
                    "-file",
                    dir.resolve("ca.crt").toString());
        }
    }

    private String store(String name) {
        return dir.resolve(name + ".p12").toString();
    }

    private void keytool(String alias, String... words) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-alias", alias, "-storepass", PASSWORD));
        if (!command.contains("-keystore")) command.addAll(List.of("-keystore", store(alias)));
        var log = dir.resolve("keytool.log").toFile();
        var process =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
        if (process.waitFor() != 0) throw new IOException(Files.readString(log.toPath()));
    }

    private KeyStore load(String name) throws Exception {
        return KeyStore.getInstance(dir.resolve(name + ".p12").toFile(), PASSWORD.toCharArray());
    }

    /** Of one who is known by its certificate and knows others by the CA's. */
    SSLContext context(String name) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(name), PASSWORD.toCharArray());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(load(name));
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** {@code client.cert} and {@code client.key}, as certs.d has them. */
    void writeClient(Path to) throws Exception {
        Files.copy(dir.resolve("client.crt"), to.resolve("client.cert"));
        var key = load("client").getKey("client", PASSWORD.toCharArray()).getEncoded();
        var pem = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(key);
        Files.writeString(
                to.resolve("client.key"),
                "-----BEGIN PRIVATE KEY-----\n" + pem + "\n-----END PRIVATE KEY-----\n");
    }
}
