package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private static final ContainerSpec PLAIN =
            ContainerSpec.of("box")
                    .with(spec -> {
                        spec.cmd = List.of("true");
                        spec.workingDir = "/";
                    });

    private static String text(int length) {
        return "x".repeat(length);
    }

    private static void refused(Consumer<SpecDraft> change, String message) {
        assertThatThrownBy(() -> TextRule.check(PLAIN.with(change)))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatTheRuntimeWouldQuoteIsShort() {
        refused(spec -> spec.cmd = List.of(text(4096)), "program");
        refused(spec -> spec.workingDir = "/" + text(4095), "working directory");
        refused(spec -> spec.user = text(4096), "user");
        refused(spec -> spec.groupAdd = List.of(text(4096)), "group");
        refused(
                spec -> spec.tmpfs = List.of(new ContainerSpec.Tmpfs("/t", "size=1,".repeat(600))),
                "options of tmpfs /t");
        refused(spec -> spec.workingDir = "/" + "\u00e9".repeat(2048), "4097 bytes");
    }

    @Test
    void whatExecveRefusesIsRefusedAtOnce() {
        refused(spec -> spec.cmd = List.of("sh", text(128 << 10)), "an argument");
        refused(spec -> spec.env = List.of("A=" + text(128 << 10)), "environment variable");
        refused(
                spec -> spec.cmd = Collections.nCopies(300_000, "a"),
                "the arguments and the environment together");
        refused(spec -> spec.labels = Map.of("a", text(3 << 20)), "labels");
    }

    @Test
    void whatPeopleHaveIsNotRefused() {
        assertThatCode(() ->
                        TextRule.check(
                                PLAIN.with(spec -> {
                                    spec.cmd = List.of(text(4095), text((128 << 10) - 1));
                                    spec.env = Collections.nCopies(20, "A=" + text(60_000));
                                    spec.labels = Map.of("devcontainer", text(500_000));
                                    spec.workingDir = "/" + text(4094);
                                })))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "box-1", "my_host", "a.b.example", "0", "9f86d081884c"})
    void aNameOfLabelsIsAHostname(String name) {
        assertThatCode(() -> NameRule.check(PLAIN.with(spec -> spec.hostname = name)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb", "a\n", "-a", "a-", ".a", "a.", "a..b", "a b", "a/b", "h\u00e9", "a\u0000"
            })
    void whatBreaksEtcHostsIsNoHostnameAndNoDomainname(String name) {
        for (Consumer<SpecDraft> change :
                List.<Consumer<SpecDraft>>of(
                        spec -> spec.hostname = name, spec -> spec.domainname = name)) {
            assertThatThrownBy(() -> NameRule.check(PLAIN.with(change)))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("name '");
        }
    }

    @Test
    void aHostnameHasAtMost64Characters() {
        NameRule.check(PLAIN.with(spec -> spec.hostname = text(64)));
        assertThatThrownBy(() -> NameRule.check(PLAIN.with(spec -> spec.hostname = text(65))))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void anAnnotationThatTellsTheRuntimeWhatToDoIsDenied() {
        AnnotationRule.check(Map.of("org.example.who", "nobody", "run.ocix", ""));
        for (var name :
                List.of(
                        "run.oci.keep_original_groups",
                        "org.systemd.property.X",
                        "org.criu.config")) {
            assertThatThrownBy(() -> AnnotationRule.check(Map.of(name, "1")))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void aListOfCpusIsReadAsTheKernelWritesIt() {
        assertThat(CpuList.parse("cpus", "0-2,5,7\n").stream()).containsExactly(0, 1, 2, 5, 7);
        for (var odd : List.of("", "a", "1-", "-1", "3-1", "0,,1", "0-99999", "1 2", "9000")) {
            assertThatThrownBy(() -> CpuList.parse("cpus", odd))
                    .as(odd)
                    .isInstanceOf(EngineException.Invalid.class);
        }
    }
}
