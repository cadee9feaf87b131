package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContainersTest {
    private static final Tenant ANN = new Tenant(1000);
    private static final Tenant BOB = new Tenant(1001);
    private static final String ONE = "aa11" + "0".repeat(60);
    private static final String TWO = "aa22" + "0".repeat(60);
    private static final String BOBS = "aa33" + "0".repeat(60);

    private final Containers containers = new Containers();

    @BeforeEach
    void fill() {
        containers.add(TestContainers.entry(ONE, "web", 1000));
        containers.add(TestContainers.entry(TWO, "aa11", 1000));
        containers.add(TestContainers.entry(BOBS, "web", 1001));
    }

    private String found(Tenant tenant, String text) {
        return containers.find(tenant, text).container().id();
    }

    @Test
    void aContainerIsFoundByIdNameAndUniquePrefix() {
        assertThat(found(ANN, ONE)).isEqualTo(ONE);
        assertThat(found(ANN, "web")).isEqualTo(ONE);
        assertThat(found(ANN, "/web")).isEqualTo(ONE);
        assertThat(found(ANN, "aa2")).isEqualTo(TWO);
    }

    @Test
    void aNameWinsOverAPrefix() {
        assertThat(found(ANN, "aa11")).isEqualTo(TWO);
    }

    @Test
    void aPrefixOfSeveralIsRefused() {
        assertThatThrownBy(() -> found(ANN, "aa"))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessage("multiple IDs found with provided prefix: aa");
    }

    @Test
    void aTenantSeesNothingOfAnothers() {
        assertThat(found(BOB, "aa")).isEqualTo(BOBS);
        assertThat(found(BOB, "web")).isEqualTo(BOBS);
        for (var text : new String[] {ONE, "aa11", "aa1", "", "/"}) {
            assertThatThrownBy(() -> found(BOB, text))
                    .isInstanceOf(EngineException.NotFound.class)
                    .hasMessage("No such container: " + text);
        }
    }

    @Test
    void aNameIsTakenOnceForEachTenant() {
        assertThat(containers.reserve(new Tenant(7), _ -> "web", "x")).isEqualTo("web");
        assertThatThrownBy(() -> containers.reserve(ANN, _ -> "web", "x"))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessageContaining("\"/web\" is already in use by container \"" + ONE);
    }

    @Test
    void aNameThatIsReservedIsNotAContainerYet() {
        containers.reserve(ANN, _ -> "new", "bb");
        assertThatThrownBy(() -> found(ANN, "new")).isInstanceOf(EngineException.NotFound.class);
        containers.release(ANN, "new", "bb");
        assertThat(containers.reserve(ANN, _ -> "new", "cc")).isEqualTo("new");
    }

    @Test
    void removingTwiceDoesNotFreeTheNameOfTheNext() {
        var gone = containers.find(ANN, "web").container();
        containers.remove(gone);
        containers.add(TestContainers.entry("bb".repeat(32), "web", 1000));
        containers.remove(gone);
        assertThat(found(ANN, "web")).isEqualTo("bb".repeat(32));
    }
}
