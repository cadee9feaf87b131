package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParseTest {
    @Test
    void aDockerfileIsReadAndExpanded() throws DockerfileException {
        var file =
                Dockerfile.parse(
                        "Dockerfile",
                        """
                        # syntax=docker/dockerfile:1
                        ARG VERSION=3.20
                        FROM alpine:${VERSION} AS build
                        ENV A=1 B=$A
                        RUN --mount=type=cache,target=/c <<EOF
                        echo hi
                        EOF
                        FROM scratch
                        COPY --from=build \\
                          # a comment
                          /a /b/
                        """);
        var globals = GlobalScope.of(file, Map.of("VERSION", "edge"), Map.of());
        var stages = Stages.of(file, globals, Set.of());
        assertThat(stages.base(0)).isEqualTo(new Origin.OfImage("alpine:edge"));
        assertThat(stages.needed(1)).containsExactly(0, 1);
        var run = (Run) file.stages().getFirst().instructions().get(1);
        assertThat(run.script()).isEqualTo("echo hi\n");
        assertThat(run.mounts(globals).getFirst().target()).isEqualTo("/c");
        var copy = (Copy) file.stages().get(1).instructions().getFirst();
        assertThat(copy.files().destination()).isEqualTo("/b/");
        assertThat(copy.original()).isEqualTo("COPY --from=build   /a /b/");
    }
}
