package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.ImageConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageDefaultsTest {
    private static final String ID = "0123456789ab" + "c".repeat(52);

    private static final ImageConfig.Defaults IMAGE =
            new ImageConfig.Defaults(
                    "www-data",
                    List.of("A=1"),
                    List.of("/entry", "-e"),
                    List.of("cmd", "-c"),
                    "/srv",
                    Map.of("l", "image", "m", "image"),
                    List.of(),
                    List.of(),
                    "SIGQUIT",
                    null,
                    List.of());

    private static ContainerSpec complete(TestSpec spec) {
        return ImageDefaults.complete(spec.build(), IMAGE, ID);
    }

    private static TestSpec asked(@Nullable List<String> entrypoint, @Nullable List<String> cmd) {
        var spec = new TestSpec();
        spec.entrypoint = entrypoint;
        spec.cmd = cmd;
        return spec;
    }

    private static List<String> argv(
            @Nullable List<String> entrypoint, @Nullable List<String> cmd) {
        return ImageDefaults.argv(complete(asked(entrypoint, cmd)));
    }

    @Test
    void theCommandIsDockers() {
        assertThat(argv(null, null)).containsExactly("/entry", "-e", "cmd", "-c");
        assertThat(argv(List.of(), List.of())).containsExactly("/entry", "-e", "cmd", "-c");
        assertThat(argv(null, List.of("x"))).containsExactly("/entry", "-e", "x");
        assertThat(argv(List.of("/mine"), null)).containsExactly("/mine");
        assertThat(argv(List.of("/mine"), List.of("x"))).containsExactly("/mine", "x");
        assertThat(argv(List.of(""), List.of("x"))).containsExactly("x");
    }

    @Test
    void noCommandAtAllIsRefused() {
        assertThatThrownBy(() -> argv(List.of(""), null)).hasMessage("no command specified");
    }

    @Test
    void theRequestsVariablesReplaceAndRemoveTheImages() {
        assertThat(ImageDefaults.env(List.of("A=1", "B=2", "C=3"), List.of("B=x=y", "C", "D=")))
                .containsExactly(ImageDefaults.PATH, "A=1", "B=x=y", "D=");
        assertThat(ImageDefaults.env(List.of("PATH=/i", "A=1"), List.of("A=2", "A=3")))
                .containsExactly("PATH=/i", "A=3");
    }

    @Test
    void whatIsLeftOpenIsTheImages() {
        var spec = complete(new TestSpec());
        assertThat(spec.user()).isEqualTo("www-data");
        assertThat(spec.workingDir()).isEqualTo("/srv");
        assertThat(spec.stopSignal()).isEqualTo("SIGQUIT");
        assertThat(spec.labels()).isEqualTo(Map.of("l", "image", "m", "image"));
        assertThat(spec.hostname()).isEqualTo("0123456789ab");
        assertThat(spec.shmSize()).isEqualTo(64L << 20);
    }

    @Test
    void whatIsAskedForWins() {
        var asked = TestSpec.of("x").user("7:8");
        asked.workingDir = "/w";
        asked.stopSignal = "9";
        asked.labels = Map.of("l", "own");
        asked.hostname = "h";
        var spec = complete(asked);
        assertThat(spec.user()).isEqualTo("7:8");
        assertThat(spec.workingDir()).isEqualTo("/w");
        assertThat(spec.stopSignal()).isEqualTo("9");
        assertThat(spec.labels()).isEqualTo(Map.of("l", "own", "m", "image"));
        assertThat(spec.hostname()).isEqualTo("h");
    }

    @Test
    void aRelativeWorkingDirectoryIsRefused() {
        var asked = TestSpec.of("x");
        asked.workingDir = "w";
        assertThatThrownBy(() -> complete(asked))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("'w'");
    }
}
