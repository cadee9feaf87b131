package dev.rootbound.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The administrator's policy as it is now: its file may be read again. Thread-safe. */
public final class PolicyInForce implements Supplier<PolicySettings> {
    private static final Path USUAL = Path.of("/etc/rootbound/policy.yaml");

    private final @Nullable Path asked;
    private volatile PolicySettings settings;

    private PolicyInForce(@Nullable Path asked, PolicySettings settings) {
        this.asked = asked;
        this.settings = settings;
    }

    /**
     * Reads it.
     *
     * @param asked the file; {@code null}: the usual one, which need not be there
     * @throws IOException as {@link PolicyFile#read}
     */
    public static PolicyInForce read(@Nullable Path asked) throws IOException {
        return new PolicyInForce(asked, settings(asked));
    }

    /** Of no file. */
    static PolicyInForce of(PolicySettings settings) {
        return new PolicyInForce(null, settings);
    }

    private static PolicySettings settings(@Nullable Path asked) throws IOException {
        if (asked != null) return PolicyFile.read(asked);
        // broken: reading it says why
        boolean there = Files.exists(USUAL, LinkOption.NOFOLLOW_LINKS);
        return there ? PolicyFile.read(USUAL) : PolicySettings.DEFAULT;
    }

    /** Reads the file again; what was in force stays so if that fails. */
    void reload() throws IOException {
        settings = settings(asked);
    }

    @Override
    public PolicySettings get() {
        return settings;
    }
}
