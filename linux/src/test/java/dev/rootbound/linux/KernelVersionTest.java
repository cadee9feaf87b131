package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelVersionTest {
    private static final KernelVersion MINIMUM = new KernelVersion(5, 19);

    @Test
    void releasesAreComparedAsNumbers() {
        assertThat(KernelVersion.parse("5.19.0-rc1").isAtLeast(MINIMUM)).isTrue();
        assertThat(KernelVersion.parse("5.9.12").isAtLeast(MINIMUM)).isFalse();
        assertThat(KernelVersion.parse("6.1").isAtLeast(MINIMUM)).isTrue();
        assertThat(KernelVersion.parse("4.20").isAtLeast(MINIMUM)).isFalse();
    }

    @Test
    void theKernelThatRunsHasAVersion() throws IOException {
        var release = KernelVersion.release();
        assertThat(release).startsWith(KernelVersion.parse(release).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "6", "6.", "-6.1", "6.99999"})
    void whatIsNoVersionIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KernelVersion.parse(text))
                .withMessageContaining("'" + text + "'");
    }
}
