package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostNamespacesTest {
    private static ContainerSpec spec(int mode, String word) {
        var spec = TestSpec.of("sh");
        spec.isolation = TestIsolation.mode(mode, word);
        return spec.build();
    }

    private static ContainerSpec completed(ContainerSpec spec) throws IOException {
        return HostNamespaces.complete(spec, () -> "big");
    }

    @Test
    void whoIsInTheHostsUtsOrNetworkNamespaceHasItsName() throws IOException {
        assertThat(completed(spec(4, "host")).hostname()).isEqualTo("big");
        assertThat(completed(spec(1, "host")).hostname()).isEqualTo("big");
        var named = spec(1, "host").with(given -> given.hostname = "box");
        assertThat(completed(named).hostname()).isEqualTo("box");
        assertThat(completed(spec(4, "")).hostname()).isEmpty();
    }

    @Test
    void aNameOfItsOwnAndTheHostsUtsNamespaceContradictEachOther() {
        for (var named :
                List.of(
                        spec(4, "host").with(given -> given.hostname = "box"),
                        spec(4, "host").with(given -> given.domainname = "org"))) {
            assertThatThrownBy(() -> completed(named))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessage("conflicting options: hostname and the UTS mode");
        }
    }

    @Test
    void theHostsSharedMemoryIsForWhoHasItsIdsUnlessSomethingElseIsThere() throws IOException {
        var own = completed(spec(2, "host"));
        assertThat(own.binds()).isEmpty();
        assertThat(HostNamespaces.warnings(own.isolation()).getFirst())
                .contains("/dev/shm is the container's own");
        var hosts = TestIsolation.mode(2, "host").withUserns("host");
        assertThat(HostNamespaces.warnings(hosts)).isEmpty();
        var whole = completed(own.with(given -> given.isolation = hosts));
        assertThat(whole.binds()).hasSize(1);
        assertThat(whole.binds().getFirst().source()).isEqualTo("/dev/shm");
        assertThat(whole.binds().getFirst().target()).isEqualTo("/dev/shm");
        assertThat(completed(whole).binds()).hasSize(1);
        assertThat(completed(spec(2, "shareable")).binds()).isEmpty();
    }

    @Test
    void aSysctlThatWouldBeTheHostsIsRefused() {
        var network = TestIsolation.sysctls(Map.of("net.core.somaxconn", "9")).withNetwork("host");
        assertThatThrownBy(() -> HostNamespaces.check(network))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("sysctl net.core.somaxconn is the host's in a container");
        var ipc = TestIsolation.sysctls(Map.of("kernel.msgmax", "9")).withModes("", "", "host", "");
        assertThatThrownBy(() -> HostNamespaces.check(ipc))
                .hasMessageContaining("sysctl kernel.msgmax is the host's in a container");
        HostNamespaces.check(ipc.withModes("", "host", "", ""));
    }
}
