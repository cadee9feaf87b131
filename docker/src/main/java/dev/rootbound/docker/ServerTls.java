package dev.rootbound.docker;

import dev.rootbound.registry.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** By which certificate the engine is known over tcp, and whose clients' it takes. */
public final class ServerTls {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private final SSLContext context;
    private final boolean certified;

    private ServerTls(SSLContext context, boolean certified) {
        this.context = context;
        this.certified = certified;
    }

    /**
     * Reads PEM files.
     *
     * @param authorities whose certificates clients must have; {@code null}: they need none
     * @param certificate the engine's, with those between it and a CA behind it
     * @param key its, which others than its owner and group may not read
     * @throws IOException naming the file that cannot be used, and why
     */
    public static ServerTls of(@Nullable Path authorities, Path certificate, Path key)
            throws IOException {
        refuseIfOpen(key);
        var chain = PemFiles.certificates(certificate);
        if (chain.isEmpty()) throw new IOException(certificate + " has no certificate");
        var trusted = authorities == null ? null : PemFiles.certificates(authorities);
        if (trusted != null && trusted.isEmpty()) {
            throw new IOException(authorities + " has no certificate of a CA");
        }
        var ours = new PemFiles.Identity(chain, PemFiles.key(key, chain.getFirst()));
        return new ServerTls(PemFiles.context(List.of(ours), trusted), trusted != null);
    }

    /** Who has the key is the engine to its clients, and gets what they send. */
    private static void refuseIfOpen(Path key) throws IOException {
        var open = Files.getPosixFilePermissions(key);
        open.retainAll(OF_OTHERS);
        if (!open.isEmpty()) {
            throw new IOException(
                    key
                            + " can be read or written by others than its owner: whoever has it can"
                            + " pass for this engine; chmod go= "
                            + key);
        }
    }

    /** Whether clients must show a certificate. */
    public boolean isCertified() {
        return certified;
    }

    /** For one client. */
    SSLEngine engine() {
        var engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(VERSIONS);
        engine.setNeedClientAuth(certified);
        return engine;
    }
}
