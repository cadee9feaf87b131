package dev.rootbound.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Queries to port 53 of an address, sent to the ports that are served: so port 53 stays free for a
 * server of the container's own. Conntrack gives the replies the address that was asked.
 */
record Redirection(InetAddress address, int udpPort, int tcpPort) {
    /** A container with rules without number of its own keeps nft(8) busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String CREATE = "create table ip rootbound\n";

    /** In one transaction with the new rules. The kernel waits for whoever reads the old ones. */
    private static final String REPLACE = "add table ip rootbound\ndelete table ip rootbound\n";

    /** For nft(8), in a table that has none yet. */
    String rules() {
        return """
        table ip rootbound {
            chain names {
                type nat hook output priority -100; policy accept;
                ip daddr %1$s udp dport 53 dnat to %1$s:%2$d
                ip daddr %1$s tcp dport 53 dnat to %1$s:%3$d
            }
        }
        """
                .formatted(address.getHostAddress(), udpPort, tcpPort);
    }

    /**
     * Makes it in the network namespace that the file pins, or takes the place of an earlier one.
     */
    void apply(Path namespace) throws IOException {
        try {
            // most are new: there it takes a fifth of the time that replacing nothing would
            if (nft(namespace, CREATE + rules()).isEmpty()) return;
            var error = nft(namespace, REPLACE + rules());
            if (error.isPresent()) throw new IOException(error.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("nft, in " + namespace);
        } catch (IOException e) {
            throw new IOException(
                    "redirect DNS queries in the network namespace "
                            + namespace
                            + ": "
                            + e.getMessage()
                            + "; are nftables and util-linux installed, with the kernel's nf_tables"
                            + " and nft_chain_nat?",
                    e);
        }
    }

    /** What it says if it fails. */
    private static Optional<String> nft(Path namespace, String rules)
            throws IOException, InterruptedException {
        var process =
                new ProcessBuilder("nsenter", "--net=" + namespace, "nft", "-f", "-")
                        .redirectErrorStream(true)
                        .start();
        write(process, rules);
        try {
            if (!process.waitFor(PATIENCE))
                return Optional.of("no end within " + PATIENCE.toSeconds() + " s");
            var said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            return process.exitValue() == 0 ? Optional.empty() : Optional.of(said);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void write(Process process, String rules) {
        try (var in = process.outputWriter(UTF_8)) {
            in.write(rules);
        } catch (IOException e) {
            // it has ended before it read them, and says why
        }
    }
}
