package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"web", "a1", "A.b-c_d", "0x"})
    void dockersNamesAreNames(String name) {
        assertThat(ContainerName.checked(name)).isEqualTo(name);
        assertThat(ContainerName.checked("/" + name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "_a", ".a", "-a", "a/b", "a b", "../x", "ä1", "a\n", "//a"})
    void anythingElseIsRefused(String name) {
        assertThatThrownBy(() -> ContainerName.checked(name))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("Invalid container name (" + name + ")");
    }

    @Test
    void chosenNamesAreNamesAndNeverTaken() {
        var taken = new HashSet<String>();
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) { // more than there are pairs of words
            var name = ContainerName.free(random, taken::contains);
            assertThat(ContainerName.checked(name)).isEqualTo(name);
            assertThat(taken.add(name)).isTrue();
        }
    }
}
