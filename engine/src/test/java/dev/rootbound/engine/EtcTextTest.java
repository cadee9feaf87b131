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
}
