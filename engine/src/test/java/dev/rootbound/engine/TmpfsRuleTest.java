package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TmpfsRuleTest {
    @ParameterizedTest
    @CsvSource({
        "/,''",
        "//,''",
        "x,''",
        "/proc,''",
        "/proc/sys,''",
        "/sys/fs,''",
        "/a/../..,''",
        "/x,bind",
        "/x,shared",
        "/x,'size=1m,remount'",
        "/x,tmpcopyup"
    })
    void whatTheRuntimeWouldMountElsewhereOrOtherwiseIsRefused(String target, String options) {
        assertThatThrownBy(() -> TmpfsRule.check(new ContainerSpec.Tmpfs(target, options)))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/x,''",
        "/dev/shm,'size=64m,mode=1777'",
        "/run/,'rw,noexec,uid=5,gid=5'",
        "/process,exec"
    })
    void dockersOptionsArePassedOn(String target, String options) {
        assertThatCode(() -> TmpfsRule.check(new ContainerSpec.Tmpfs(target, options)))
                .doesNotThrowAnyException();
    }
}
