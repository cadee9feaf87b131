package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class RedirectionTest {
    @Test
    void queriesToPort53OfTheAddressGoElsewhereAndNothingElseDoes() {
        var rules = new Redirection(InetAddress.ofLiteral("127.0.0.11"), 1053, 2053).rules();
        assertThat(rules)
                .isEqualTo(
                        """
                        table ip rootbound {
                            chain names {
                                type nat hook output priority -100; policy accept;
                                ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:1053
                                ip daddr 127.0.0.11 tcp dport 53 dnat to 127.0.0.11:2053
                            }
                        }
                        """);
    }
}
