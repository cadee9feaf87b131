package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResolverConfTest {
    @Test
    void aResolverIsToldWhatIsThereOnly() {
        var all =
                new ResolverConf(
                        List.of("1.1.1.1", "fd00::53"),
                        List.of("example.com", "lan"),
                        List.of("ndots:0", "edns0"));
        assertThat(all.text())
                .isEqualTo(
                        """
                        nameserver 1.1.1.1
                        nameserver fd00::53
                        search example.com lan
                        options ndots:0 edns0
                        """);
        assertThat(new ResolverConf(List.of(), List.of(), List.of()).text()).isEmpty();
        assertThat(ResolverConf.parse(all.text().lines().toList())).isEqualTo(all);
    }

    @Test
    void theHostsIsReadAsItsResolverDoes() {
        var resolver =
                ResolverConf.parse(
                        List.of(
                                "",
                                "# search comment",
                                "; nameserver 6.6.6.6",
                                "domain old.example.com",
                                "nameserver",
                                "\tnameserver   127.0.0.53  trailing",
                                "search a.example.com\tb.example.com",
                                "options ndots:2",
                                "options edns0 trust-ad",
                                "sortlist 10.0.0.0"));
        assertThat(resolver.servers()).containsExactly("127.0.0.53");
        assertThat(resolver.search()).containsExactly("a.example.com", "b.example.com");
        assertThat(resolver.options()).containsExactly("ndots:2", "edns0", "trust-ad");
    }

    @Test
    void nameServersAreInTheirOrderWithoutWhatIsNoAddress() {
        var servers =
                ResolverConf.parse(
                        List.of(
                                "# nameserver 9.9.9.9",
                                "search example.com",
                                "nameserver 10.0.0.53",
                                "  nameserver\tfe80::1%eth0  ",
                                "nameserver",
                                "nameserver dns.example.com",
                                "",
                                "options ndots:1",
                                "nameserver 127.0.0.53 # local"));
        assertThat(servers.addresses().stream().map(Addresses::text))
                .containsExactly("10.0.0.53", "fe80::1", "127.0.0.53");
    }
}
