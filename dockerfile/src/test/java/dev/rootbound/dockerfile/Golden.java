package dev.rootbound.dockerfile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;

/**
 * Cases that are kept in files: {@code === name}, the input, further inputs below {@code --- what},
 * and below {@code --- expected} what must come out. With {@code -Dgolden.update} that is written
 * anew, to be reviewed as a diff.
 */
final class Golden {
    private static final Path DIRECTORY =
            Path.of("src/test/resources/dev/rootbound/dockerfile/golden");

    private static final String CASE = "=== ";
    private static final String SECTION = "--- ";
    private static final String EXPECTED = "expected";

    /** A case: its sections by name, the first of which is {@code input}. */
    record Case(String name, Map<String, String> sections) {
        String input() {
            return section("input");
        }

        String section(String name) {
            return sections.getOrDefault(name, "");
        }

        void write(StringBuilder file) {
            file.append(CASE).append(name).append('\n');
            sections.forEach((section, text) -> {
                if (!section.equals("input")) file.append(SECTION).append(section).append('\n');
                file.append(text);
            });
        }
    }

    private Golden() {}

    /** All files of a topic, {@code topic*.golden}. */
    static Stream<DynamicTest> tests(String topic, Function<Case, String> actual)
            throws IOException {
        try (var files = Files.list(DIRECTORY)) {
            var ofTopic =
                    files.filter(file -> file.getFileName().toString().startsWith(topic))
                            .sorted()
                            .toList();
            var tests = new ArrayList<DynamicTest>();
            for (var file : ofTopic) {
                var cases = read(file);
                if (System.getProperty("golden.update") != null) update(file, cases, actual);
                for (var one : cases)
                    tests.add(DynamicTest.dynamicTest(one.name(), () -> compare(one, actual)));
            }
            return tests.stream();
        }
    }

    /** The inputs of all cases. */
    static List<Case> all() {
        try (var files = Files.list(DIRECTORY)) {
            return files.sorted().flatMap(file -> read(file).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compare(Case one, Function<Case, String> actual) {
        var expected = one.section(EXPECTED);
        var found = actual.apply(one);
        if (!found.equals(expected))
            throw new AssertionFailedError(one.input() + "\n" + found, expected, found);
    }

    private static void update(Path file, List<Case> cases, Function<Case, String> actual)
            throws IOException {
        var text = new StringBuilder();
        for (var one : cases) {
            one.sections().put(EXPECTED, actual.apply(one));
            one.write(text);
        }
        Files.writeString(file, text);
    }

    private static List<Case> read(Path file) {
        String text;
        try {
            text = Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var cases = new ArrayList<Case>();
        Map<String, String> sections = new LinkedHashMap<>();
        var section = "input";
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start) + 1;
            if (end == 0) end = text.length();
            var line = text.substring(start, end);
            start = end;
            if (line.startsWith(CASE)) {
                sections = new LinkedHashMap<>();
                section = "input";
                cases.add(new Case(line.substring(CASE.length()).strip(), sections));
            } else if (line.startsWith(SECTION)) {
                section = line.substring(SECTION.length()).strip();
                sections.put(section, "");
            } else sections.merge(section, line, String::concat);
        }
        return cases;
    }
}
