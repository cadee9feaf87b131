package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InstructionTest {
    private static final Variables VALUES = Variables.of(Map.of("a", "1"));

    @Test
    void progressShowsValuesAndKeepsQuotes() throws DockerfileException {
        var run = Dockerfile.instruction("run  echo \"$a\" \\\n  # comment\n  $b");
        assertThat(run.original()).isEqualTo("run  echo \"$a\"   $b");
        assertThat(run.shown(VALUES)).isEqualTo("RUN  echo \"1\"   $b");
        assertThat(Dockerfile.instruction("RUN echo it's").shown(VALUES))
                .isEqualTo("RUN echo it's");
    }

    @Test
    void aTriggerIsOneInstruction() {
        assertThatThrownBy(() -> Dockerfile.instruction("")).hasMessageContaining("is expected");
        assertThatThrownBy(() -> Dockerfile.instruction("RUN a\nRUN b"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageStartingWith("ONBUILD:2:1: a trigger is one instruction");
        assertThatThrownBy(() -> Dockerfile.instruction("FROM a"))
                .hasMessageContaining("FROM can be no trigger");
    }

    @Test
    void aHeredocThatIsAProgramIsKnown() throws DockerfileException {
        var program = (Run) Dockerfile.instruction("RUN <<EOF\n#!/bin/x\nEOF");
        assertThat(Objects.requireNonNull(program.program()).text()).isEqualTo("#!/bin/x\n");
        assertThat(((Run) Dockerfile.instruction("RUN <<EOF\nx\nEOF")).program()).isNull();
        assertThat(((Run) Dockerfile.instruction("RUN x <<EOF\n#!/x\nEOF")).program()).isNull();
        assertThat(((Run) Dockerfile.instruction("RUN [\"x\"]")).script()).isNull();
    }

    @Test
    void proxiesAreThereInBothCases() throws DockerfileException {
        var file = Dockerfile.parse("Dockerfile", "FROM scratch");
        var given = Map.of("HTTP_PROXY", "http://p", "no_proxy", "x", "other", "y");
        assertThat(GlobalScope.of(file, given, Map.of()).proxies())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "HTTP_PROXY", "http://p",
                                "http_proxy", "http://p",
                                "NO_PROXY", "x",
                                "no_proxy", "x"));
    }

    @Test
    void platformsPredefineArguments() {
        var values = GlobalScope.platforms("linux/amd64", "linux/arm/v7", "default");
        assertThat(values)
                .containsEntry("BUILDPLATFORM", "linux/amd64")
                .containsEntry("BUILDVARIANT", "")
                .containsEntry("TARGETPLATFORM", "linux/arm/v7")
                .containsEntry("TARGETOS", "linux")
                .containsEntry("TARGETARCH", "arm")
                .containsEntry("TARGETVARIANT", "v7")
                .containsEntry("TARGETSTAGE", "default");
    }

    @Test
    void aStageSeesWhatItsBaseHadAndKeepsItsOwn() throws DockerfileException {
        var file = Dockerfile.parse("Dockerfile", "ARG g=0\nFROM scratch");
        var base = GlobalScope.of(file, Map.of(), Map.of()).stage(Map.of("PATH", "/bin", "a", "0"));
        var expected = new HashMap<>(Map.of("PATH", "/bin", "a", "0"));
        for (int i = 0; i < 1000; i++) {
            base.set((Env) Dockerfile.instruction("ENV v" + i % 700 + "=" + i));
            expected.put("v" + i % 700, String.valueOf(i));
        }
        var child = base.child();
        child.declare((Arg) Dockerfile.instruction("ARG g a=1 none"));
        assertThat(base.environment()).isEqualTo(expected);
        assertThat(base.isDeclared("g")).isFalse();
        expected.putAll(Map.of("g", "0", "a", "1"));
        assertThat(child.environment()).isEqualTo(expected);
        assertThat(child.arguments()).isEqualTo(Map.of("g", "0", "a", "1", "none", ""));
        assertThat(child.isDeclared("none")).isTrue();
    }

    @Test
    void everyRuleHasItsPage() {
        assertThat(Rule.JSON_ARGS_RECOMMENDED.url())
                .isEqualTo("https://docs.docker.com/go/dockerfile/rule/json-args-recommended/");
        for (var rule : Rule.values()) {
            var words = rule.toString().replaceAll("(?<=[a-z])(?=[A-Z])|(?<=JSON)", "-");
            assertThat(rule.url()).endsWith("/" + Names.lower(words) + "/");
            assertThat(rule.description()).isNotEmpty();
        }
    }
}
