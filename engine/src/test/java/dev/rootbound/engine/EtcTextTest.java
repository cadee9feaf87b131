package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EtcTextTest {
    private static final EtcText.Line WEB = new EtcText.Line("172.18.0.2", "web");
    private static final EtcText.Line OTHER = new EtcText.Line("fd00::2", "web");

    @Test
    void hostsAreLoopbackAndThenItsOwn() {
        assertThat(EtcText.hosts(List.of(WEB, OTHER)))
                .startsWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost")
                .endsWith("ip6-allrouters\n172.18.0.2\tweb\nfd00::2\tweb\n");
    }

    @Test
    void linesAreAddedAndTakenAwayWithoutTouchingOthers() {
        var own = "# mine\n10.0.0.1 db\n172.18.0.2 web";
        var with = EtcText.with(own, List.of(WEB));
        assertThat(with).isEqualTo(own + "\n172.18.0.2\tweb\n");
        assertThat(EtcText.without(with, List.of(WEB))).isEqualTo(own + "\n");
        assertThat(EtcText.with("", List.of(WEB))).isEqualTo("172.18.0.2\tweb\n");
        assertThat(EtcText.without("", List.of(WEB))).isEmpty();
    }

    @Test
    void aResolverIsToldWhatIsThereOnly() {
        var all =
                new EtcText.Resolver(
                        List.of("1.1.1.1", "fd00::53"),
                        List.of("example.com", "lan"),
                        List.of("ndots:0", "edns0"));
        assertThat(EtcText.resolvConf(all))
                .isEqualTo(
                        """
                        nameserver 1.1.1.1
                        nameserver fd00::53
                        search example.com lan
                        options ndots:0 edns0
                        """);
        assertThat(EtcText.resolvConf(new EtcText.Resolver(List.of(), List.of(), List.of())))
                .isEmpty();
        assertThat(EtcText.parse(EtcText.resolvConf(all).lines().toList())).isEqualTo(all);
    }

    @Test
    void theHostsIsReadAsItsResolverDoes() {
        var resolver =
                EtcText.parse(
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
}
