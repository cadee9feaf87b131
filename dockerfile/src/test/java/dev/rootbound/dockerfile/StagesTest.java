package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StagesTest {
    private static final String FILE =
            """
            ARG tag=1
            FROM docker.io/library/alpine:latest AS base
            FROM base:$tag AS Build
            COPY --from=base / /
            FROM scratch
            COPY --from=Build / /
            COPY --from=extra / /
            COPY . .
            """;

    private static Stages stages(Set<String> contexts) throws DockerfileException {
        var file = Dockerfile.parse("Dockerfile", FILE);
        return Stages.of(file, GlobalScope.of(file, Map.of(), Map.of()), contexts);
    }

    private static Copy copy(int index) throws DockerfileException {
        var stages = Dockerfile.parse("Dockerfile", FILE).stages();
        return (Copy) stages.get(2).instructions().get(index);
    }

    @Test
    void namesAreThoseOfStagesImagesAndNothing() throws DockerfileException {
        var stages = stages(Set.of());
        assertThat(stages.base(0)).isEqualTo(new Origin.OfImage("docker.io/library/alpine:latest"));
        assertThat(stages.base(1)).isEqualTo(new Origin.OfImage("base:1"));
        assertThat(stages.base(2)).isEqualTo(new Origin.Scratch());
        assertThat(stages.origin(copy(0))).isEqualTo(new Origin.OfStage(1));
        assertThat(stages.origin(copy(1))).isEqualTo(new Origin.OfImage("extra"));
        assertThat(stages.origin(copy(2))).isEqualTo(new Origin.BuildContext());
        assertThat(stages.origin("BASE")).isEqualTo(new Origin.OfStage(0));
        assertThat(stages.origin((String) null)).isEqualTo(new Origin.BuildContext());
    }

    @Test
    void aContextTakesThePlaceOfAnImageOrStage() throws DockerfileException {
        var stages = stages(Set.of("alpine", "build", "extra:latest"));
        assertThat(stages.base(0)).isEqualTo(new Origin.NamedContext("alpine"));
        assertThat(stages.base(1)).isEqualTo(new Origin.NamedContext("build"));
        assertThat(stages.origin(copy(1))).isEqualTo(new Origin.NamedContext("extra"));
        assertThat(stages.needed(2)).containsExactly(1, 2);
    }

    @Test
    void aTargetIsTheLastStageOrThatOfANameOrNumber() throws DockerfileException {
        var stages = stages(Set.of());
        assertThat(stages.target(null)).isEqualTo(2);
        assertThat(stages.target("BUILD")).isEqualTo(1);
        assertThat(stages.target("0")).isZero();
        assertThatThrownBy(() -> stages.target("biuld"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("there is no stage biuld (did you mean build?)");
        assertThatThrownBy(() -> stages.target("3")).hasMessageContaining("there is no stage 3");
    }

    @Test
    void onlyNeededStagesAreNeeded() throws DockerfileException {
        var stages = stages(Set.of());
        assertThat(stages.needed(0)).containsExactly(0);
        assertThat(stages.needed(1)).containsExactly(0, 1);
        assertThat(stages.needed(2)).containsExactly(0, 1, 2);
    }

    @Test
    void aTriggerThatComesTooEarlyForOneStageIsFound() throws DockerfileException {
        var file =
                Dockerfile.parse(
                        "Dockerfile",
                        """
                        FROM scratch AS a
                        ONBUILD COPY --from=later x y
                        FROM a AS early
                        FROM scratch AS later
                        FROM a
                        COPY --from=early / /
                        """);
        var stages = Stages.of(file, Variables.NONE, Set.of());
        assertThatThrownBy(() -> stages.needed(3))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("this one is later: later");
    }
}
