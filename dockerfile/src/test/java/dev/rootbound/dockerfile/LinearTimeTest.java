package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is read takes time in proportion to its length, whoever wrote it. */
@Timeout(120)
class LinearTimeTest {
    /** Big files, each made to be bad for something. */
    record Big(String name, IntFunction<String> text) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Big> FILES =
            List.of(
                    new Big("lines", n -> from("USER me\n".repeat(n / 8))),
                    new Big("continuations", n -> from("RUN a " + "\\\n b ".repeat(n / 5))),
                    new Big("empty continuations", n -> from("RUN a " + "\\\n\n".repeat(n / 3))),
                    new Big("comments", n -> "# a\n".repeat(n / 4) + from("")),
                    new Big("one line", n -> from("RUN " + "a ".repeat(n / 2))),
                    new Big("spaces", n -> from("RUN" + " ".repeat(n) + "a")),
                    new Big("flags", n -> from("RUN " + "--mount=target=/a ".repeat(n / 18) + "x")),
                    new Big("dashes", n -> from("RUN --" + "-".repeat(n))),
                    new Big("quotes", n -> from("ENV a=" + "\"'".repeat(n / 2))),
                    new Big("pairs", n -> from("ENV " + "a=b ".repeat(n / 4))),
                    new Big("escapes", n -> from("ENV a=" + "\\".repeat(n))),
                    new Big(
                            "heredocs",
                            n -> from("RUN " + "<<a ".repeat(n / 6) + "\n" + "a\n".repeat(n / 6))),
                    new Big("a heredoc", n -> from("COPY <<a b\n" + "$x\n".repeat(n / 3) + "a\n")),
                    new Big("no heredocs", n -> from("RUN x<<a\n".repeat(n / 9))),
                    new Big("arrays", n -> from("CMD " + "[".repeat(n))),
                    new Big("an array", n -> from("CMD [" + "\"a\",".repeat(n / 4) + "\"b\"]")),
                    new Big("variables", n -> from("USER " + "$a${b:-c}".repeat(n / 9))),
                    new Big("nested", n -> from("USER " + "${a:-".repeat(n / 5))),
                    new Big("braces", n -> from("USER " + "${a/".repeat(n / 4))),
                    new Big("ports", n -> from("EXPOSE " + "1-65535 ".repeat(n / 8))),
                    new Big("stages", n -> from("FROM a AS a\n".repeat(n / 12))),
                    new Big("stages of many variables", LinearTimeTest::shared),
                    new Big("a chain of stages", LinearTimeTest::chain),
                    new Big("triggers", LinearTimeTest::triggers),
                    new Big(
                            "undefined variables",
                            n -> from("USER $a\nENV b$c=d\n".repeat(n / 17))),
                    new Big("unknown instruction", n -> from("A".repeat(n))),
                    new Big("arguments", n -> "ARG a=$a\n".repeat(n / 9) + from("")));

    private static String from(String rest) {
        return "FROM scratch\n" + rest;
    }

    private static String shared(int size) {
        var text = new StringBuilder("FROM scratch AS a\n");
        for (int i = 0; text.length() < size / 2; i++)
            text.append("ENV v").append(i).append("=1\n");
        while (text.length() < size) text.append("FROM a\nENV x=1\n");
        return text.toString();
    }

    private static String chain(int size) {
        var text = new StringBuilder("FROM scratch AS s\n");
        for (int i = 0; text.length() < size; i++)
            text.append("FROM s AS s\nENV v").append(i).append("=$v0\n");
        return text.toString();
    }

    private static String triggers(int size) {
        var text = new StringBuilder("FROM scratch AS o\nFROM o AS a\n");
        while (text.length() < size / 2) text.append("ONBUILD COPY --from=o a b\n");
        while (text.length() < size) text.append("FROM a\n");
        return text.toString();
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void aFileFourTimesAsLongTakesAboutFourTimesAsLong(Big big) {
        int size = 100_000;
        read(big.text().apply(size));
        var once = best(big.text().apply(size));
        var more = best(big.text().apply(4 * size));
        // what is quadratic takes sixteen times as long; a little time says little
        assertThat(more).isLessThan(once.multipliedBy(10).plus(Duration.ofMillis(250)));
    }

    private static Duration best(String text) {
        return Stream.generate(() -> measure(text)).limit(3).min(Duration::compareTo).orElseThrow();
    }

    private static Duration measure(String text) {
        long start = System.nanoTime();
        read(text);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void read(String text) {
        try {
            var file = Dockerfile.parse("Dockerfile", text);
            Checks.of(file, CheckInput.NOTHING);
            var globals = GlobalScope.of(file, Map.of(), Map.of());
            var stages = Stages.of(file, globals, Set.of());
            stages.needed(stages.target(null));
            for (var stage : file.stages())
                for (var instruction : stage.instructions())
                    if (instruction.expanded(globals) instanceof Expose expose) expose.ports();
        } catch (DockerfileException e) {
            assertThat(e.getMessage()).hasSizeLessThan(text.length() + 1000);
        }
    }

    @Test
    void valuesThatDoubleWithEachLineAreStopped() throws DockerfileException {
        var text = new StringBuilder("FROM scratch\nENV a0=aaaaaaaaaa\n");
        for (int i = 1; i < 60; i++) text.append("ENV a%d=$a%d$a%d\n".formatted(i, i - 1, i - 1));
        var file = Dockerfile.parse("Dockerfile", text.toString());
        assertThatCode(() -> Checks.of(file, CheckInput.NOTHING)).doesNotThrowAnyException();
    }

    @Test
    void patternsOfManyStarsTakeNoLongerThanOthers() throws Exception {
        var value = "a".repeat(20_000);
        var values = Variables.of(Map.of("a", value));
        var stars = "*a".repeat(50) + "b";
        var expansion = Expansion.of('\\');
        assertThat(expansion.text("${a##" + stars + "}", values)).isEqualTo(value);
        assertThat(expansion.text("${a%%" + stars + "}", values)).isEqualTo(value);
        assertThat(expansion.text("${a//" + stars + "/x}", values)).isEqualTo(value);
        var ignore = Ignore.of(List.of("**/*a".repeat(50) + "b"));
        assertThat(ignore.excludes("a/".repeat(2000) + "a".repeat(20_000))).isFalse();
    }
}
