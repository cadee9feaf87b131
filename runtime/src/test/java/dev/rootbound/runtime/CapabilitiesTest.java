package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final Set<String> KNOWN = Set.copyOf(Capabilities.ALL);

    private static Set<String> of(List<String> add, List<String> drop) throws InvalidSpec {
        return Capabilities.of(add, drop, false, KNOWN);
    }

    @Test
    void theDefaultIsElevenWithoutTheThreeDangerous() throws Exception {
        assertThat(of(List.of(), List.of()))
                .hasSize(11)
                .doesNotContain("CAP_NET_RAW", "CAP_MKNOD", "CAP_AUDIT_WRITE")
                .isEqualTo(Capabilities.DEFAULT);
    }

    @Test
    void namesAreTakenInAnySpelling() throws Exception {
        assertThat(of(List.of("net_raw", "CAP_sys_time"), List.of("cap_chown")))
                .hasSize(12)
                .contains("CAP_NET_RAW", "CAP_SYS_TIME")
                .doesNotContain("CAP_CHOWN");
    }

    @Test
    void allIsDockers() throws Exception {
        assertThat(of(List.of("all"), List.of())).hasSize(41);
        assertThat(of(List.of("ALL"), List.of("MKNOD"))).hasSize(40).doesNotContain("CAP_MKNOD");
        assertThat(of(List.of("NET_BIND_SERVICE"), List.of("ALL")))
                .containsExactly("CAP_NET_BIND_SERVICE");
        assertThat(of(List.of(), List.of("ALL"))).isEmpty();
        assertThat(of(List.of("ALL"), List.of("ALL"))).hasSize(41);
        assertThat(of(List.of("CHOWN"), List.of("CHOWN"))).contains("CAP_CHOWN");
    }

    @Test
    void whatTheEngineItselfLacksIsLeftOut() throws Exception {
        var known = Capabilities.ofMask(0x1fffeffffffL);
        assertThat(known).hasSize(40).doesNotContain("CAP_SYS_RESOURCE");
        assertThat(Capabilities.of(List.of(), List.of(), true, known)).isEqualTo(known);
        assertThat(Capabilities.of(List.of("SYS_RESOURCE"), List.of(), false, known))
                .isEqualTo(Capabilities.DEFAULT);
    }

    @Test
    void anUnknownNameIsRefusedAlsoWithPrivileged() {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> Capabilities.of(List.of("FLY"), List.of(), true, KNOWN))
                .withMessage("unknown capability: \"FLY\"");
        assertThatExceptionOfType(InvalidSpec.class).isThrownBy(() -> of(List.of(), List.of("")));
    }

    @Test
    void theOrderIsTheKernels() throws Exception {
        assertThat(Capabilities.ALL.indexOf("CAP_CHECKPOINT_RESTORE")).isEqualTo(40);
        assertThat(Capabilities.ALL.indexOf("CAP_SYS_ADMIN")).isEqualTo(21);
        assertThat(of(List.of("SYSLOG", "NET_RAW"), List.of("ALL")))
                .containsExactly("CAP_NET_RAW", "CAP_SYSLOG");
    }
}
