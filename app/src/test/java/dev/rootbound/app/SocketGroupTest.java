package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.docker.Access;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketGroupTest {
    @Test
    void everyUserMayConnectUnlessAGroupIsNamed() throws IOException {
        assertThat(SocketGroup.access(null)).isEqualTo(new Access(0666, 0));
    }

    @Test
    void aGroupIsKnownByNameAndByNumber() throws IOException {
        assertThat(SocketGroup.access("daemon")).isEqualTo(new Access(0660, 1));
        assertThat(SocketGroup.access("1")).isEqualTo(new Access(0660, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nogroupofthishost", "", "3999999999", "-1", "--help"})
    void oneThatIsNotThereIsRefusedWithWhatHelps(String group) {
        assertThatThrownBy(() -> SocketGroup.access(group))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("--group " + group + ": there is no such group")
                .hasMessageContaining("groupadd");
    }
}
