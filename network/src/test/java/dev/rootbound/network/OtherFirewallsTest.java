package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a network namespace of its own: there is nothing to be forwarded. */
@Tag("kernel")
class OtherFirewallsTest {
    private Process holder;
    private Path namespace;

    @BeforeEach
    void open() throws IOException {
        holder = new ProcessBuilder("unshare", "-n", "sh", "-c", "echo; exec sleep 60").start();
        int _ = holder.getInputStream().read(); // it has its namespace
        namespace = Path.of("/proc/" + holder.pid() + "/ns/net");
    }

    @AfterEach
    void close() {
        holder.destroyForcibly();
    }

    private String nft(String text) throws IOException {
        return Program.of("nft", "-f", "-").in(namespace).run(text);
    }

    private java.util.List<String> obstacles() throws IOException {
        return OtherFirewalls.obstacles(what -> nft("list " + String.join(" ", what) + "\n"));
    }

    @Test
    void whereNobodyDropsThereIsNothingToTell() throws IOException {
        assertThat(obstacles()).isEmpty();
        nft(
                """
                table ip filter {
                  chain FORWARD { type filter hook forward priority 0; policy accept; tcp dport 25 drop; }
                  chain INPUT { type filter hook input priority 0; policy drop; }
                }
                table inet rootbound_12345 {
                  chain passing { type filter hook forward priority 0; policy accept; drop; }
                }
                """);
        assertThat(obstacles()).isEmpty();
    }

    @Test
    void dockersPolicyIsToldWithTheChainThatIsTheUsers() throws IOException {
        nft(
                """
                table ip filter {
                  chain DOCKER-USER { }
                  chain FORWARD { type filter hook forward priority 0; policy drop; counter jump DOCKER-USER; }
                }
                """);
        assertThat(obstacles())
                .singleElement()
                .asString()
                .startsWith("chain FORWARD of the firewall's table ip filter drops")
                .endsWith(
                        ": iptables -I DOCKER-USER -i rb+ -j ACCEPT;"
                                + " iptables -I DOCKER-USER -o rb+ -j ACCEPT");
        nft("add rule ip filter DOCKER-USER iifname \"rb*\" counter accept");
        assertThat(obstacles()).isEmpty();
    }

    @Test
    void thePolicyOfIpv6IsToldBesideThatOfIpv4() throws IOException {
        for (var family : java.util.List.of("ip", "ip6")) {
            nft(
                    "table "
                            + family
                            + " filter { chain FORWARD { type filter hook forward priority 0; policy"
                            + " drop; }; }");
        }
        assertThat(obstacles())
                .hasSize(2)
                .anyMatch(each -> each.contains(": iptables -I FORWARD -i rb+"))
                .anyMatch(each -> each.contains(": ip6tables -I FORWARD -i rb+"));
    }

    @Test
    void whatRefusesAllAtItsEndIsTold() throws IOException {
        nft(
                """
                table inet firewalld {
                  chain filter_FORWARD {
                    type filter hook forward priority 10; policy accept;
                    ct state established,related accept
                    reject with icmpx admin-prohibited
                  }
                }
                table inet own {
                  chain pass { type filter hook forward priority 1; policy accept; counter drop; }
                }
                """);
        assertThat(obstacles())
                .hasSize(2)
                .anyMatch(each -> each.contains("firewall-cmd --permanent --zone=trusted"))
                .anyMatch(each -> each.contains("nft insert rule inet own pass iifname 'rb*'"));
    }
}
