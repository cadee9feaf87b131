package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kernel.shmmax",
                "kernel.msgmni",
                "kernel.sem",
                "kernel.shm_rmid_forced",
                "fs.mqueue.msg_max",
                "net.core.somaxconn",
                "net.ipv4.conf.eth0.forwarding"
            })
    void thoseOfOwnNamespacesAreAllowed(String name) {
        assertThatCode(() -> Sysctls.check(Map.of(name, "1024 65535"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kernel.core_pattern",
                "kernel.hostname",
                "kernel.domainname",
                "vm.swappiness",
                "net",
                "net.",
                "kernel.shmmax.x",
                "fs.mqueue.",
                "net/ipv4",
                "net..ipv4",
                "net.a/../b",
                "net.a\nkernel.x",
                "kernel.shm",
                "fs.file-max",
                ""
            })
    void theHostsAreRefusedByName(String name) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> Sysctls.check(Map.of(name, "1")))
                .withMessageStartingWith("sysctl '" + name.replace('\n', '?') + "' is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\n2", "+1", "1\0", "é", "$(x)"})
    void whatIsNoValueIsRefused(String value) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> Sysctls.check(Map.of("net.core.somaxconn", value)))
                .withMessageStartingWith("sysctl 'net.core.somaxconn' has a value");
    }
}
