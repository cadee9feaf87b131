package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoldenTest {
    @TestFactory
    Stream<DynamicTest> dockerfilesAreReadAsExpected() throws IOException {
        return Golden.tests("parse", one -> Dump.of(one.input(), pairs(one.section("arguments"))));
    }

    @TestFactory
    Stream<DynamicTest> checksFindWhatIsExpected() throws IOException {
        return Golden.tests("check", GoldenTest::warnings);
    }

    @TestFactory
    Stream<DynamicTest> pathsAreIgnoredAsExpected() throws IOException {
        return Golden.tests("ignore", GoldenTest::ignored);
    }

    @Test
    void thereAreManyCases() {
        assertThat(Golden.all()).hasSizeGreaterThan(250);
    }

    private static String warnings(Golden.Case one) {
        try {
            var file = Dockerfile.parse("Dockerfile", one.input());
            var input =
                    new CheckInput(
                            pairs(one.section("arguments")),
                            CheckInput.NOTHING.predefined(),
                            image ->
                                    image.startsWith("unknown")
                                            ? null
                                            : new CheckInput.BaseImage(
                                                    Map.of("LANG", "C"), image.startsWith("shell")),
                            Ignore.parse(".dockerignore", one.section("dockerignore")));
            var text = new StringBuilder();
            for (var warning : Checks.of(file, input)) text.append(warning).append('\n');
            if (Checks.settings(file, input.arguments()).isError()) text.append("error\n");
            return text.toString();
        } catch (DockerfileException e) {
            return e.getMessage() + "\n";
        }
    }

    private static String ignored(Golden.Case one) {
        try {
            var ignore = Ignore.parse(".dockerignore", one.input());
            var text = new StringBuilder();
            for (var path : one.section("paths").lines().toList())
                text.append(ignore.excludes(path) ? "- " : "+ ").append(path).append('\n');
            return text.toString();
        } catch (DockerfileException e) {
            return e.getMessage() + "\n";
        }
    }

    private static Map<String, String> pairs(String lines) {
        var pairs = new LinkedHashMap<String, String>();
        for (var line : List.of(lines.split("\n", -1))) {
            int equals = line.indexOf('=');
            if (equals > 0) pairs.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return pairs;
    }
}
