package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogFileTest {
    private static final String OUT = "2026-11-22T01:02:03.123456789+00:00 stdout ";
    private static final String ERR = "2026-11-22T02:02:03.123456789+01:00 stderr ";

    @TempDir Path temp;

    private Path log(String text) throws IOException {
        return Files.write(temp.resolve("log"), text.getBytes(ISO_8859_1));
    }

    private static List<String> rest(LogFile log) throws IOException {
        var texts = new ArrayList<String>();
        for (var entry = log.next(); entry.isPresent(); entry = log.next()) {
            texts.add(new String(entry.get().bytes(), ISO_8859_1));
        }
        return texts;
    }

    private List<String> tail(String text, long lines) throws IOException {
        try (var log = LogFile.open(log(text))) {
            var _ = log.tail(lines, true);
            return rest(log);
        }
    }

    @Test
    void anEntryHasItsTimeStreamAndBytes() throws IOException {
        try (var log = LogFile.open(log(OUT + "F a b\n" + ERR + "P x\n" + ERR + "F \n"))) {
            var first = log.next().orElseThrow();
            assertThat(first.time()).isEqualTo("2026-11-22T01:02:03.123456789Z");
            assertThat(first.stream()).isEqualTo(1);
            var second = log.next().orElseThrow();
            assertThat(second.time()).isEqualTo("2026-11-22T01:02:03.123456789Z");
            assertThat(second.stream()).isEqualTo(2);
            assertThat(second.bytes()).asString().isEqualTo("x");
            assertThat(rest(log)).containsExactly("\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,3", "3,4", "4,4", "1000,4"})
    void theTailIsInLinesAndPartsBelongToTheirLine(long lines, int entries) throws IOException {
        var text = OUT + "F 1\n" + OUT + "P 2a\n" + OUT + "F 2b\n" + OUT + "F 3\n";
        var all = List.of("1\n", "2a", "2b\n", "3\n");
        assertThat(tail(text, lines)).isEqualTo(all.subList(4 - entries, 4));
    }

    @ParameterizedTest
    @CsvSource({"0,''", "1,2", "2,12"})
    void whatIsBeingWrittenIsNoLineYet(long lines, String expected) throws IOException {
        var file = log(OUT + "F 1\n" + OUT + "F 2\n" + OUT.substring(0, 20));
        try (var log = LogFile.open(file)) {
            var _ = log.tail(lines, true);
            assertThat(String.join("", rest(log)).replace("\n", "")).isEqualTo(expected);
            Files.writeString(file, OUT.substring(20) + "F 3\n", StandardOpenOption.APPEND);
            assertThat(rest(log)).containsExactly("3\n");
        }
    }

    @Test
    void anEmptyOrMissingLogHasNoLines() throws IOException {
        assertThat(tail("", 5)).isEmpty();
        assertThat(tail("", 0)).isEmpty();
        try (var log = LogFile.open(temp.resolve("missing"))) {
            var _ = log.tail(3, true);
            assertThat(log.next()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 65_537, 131_072, 1_000_000})
    void aLineMayBeLongerThanABlock(int length) throws IOException {
        var line = "x".repeat(length - OUT.length() - 3);
        var text = OUT + "F a\n" + OUT + "F " + line + "\n" + OUT + "F b\n";
        assertThat(tail(text, 3)).containsExactly("a\n", line + "\n", "b\n");
        assertThat(tail(text, 2)).containsExactly(line + "\n", "b\n");
        assertThat(tail(text, 1)).containsExactly("b\n");
    }

    @Test
    void everyTailAcrossBlockBordersIsRight() throws IOException {
        var text = new StringBuilder();
        var all = new ArrayList<String>();
        for (int i = 0; i < 3000; i++) {
            var line = i + "-" + "y".repeat(i % 97);
            text.append(OUT).append("F ").append(line).append('\n');
            all.add(line + "\n");
        }
        for (int lines : new int[] {1, 2, 999, 1000, 1001, 2999, 3000, 3001}) {
            int from = Math.max(0, 3000 - lines);
            assertThat(tail(text.toString(), lines)).isEqualTo(all.subList(from, 3000));
        }
    }

    @Test
    void bytesAreKept() throws IOException {
        var bytes = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            bytes.append(b == '\n' ? ' ' : (char) b);
        }
        assertThat(tail(OUT + "F " + bytes + "\n", -1 & 5)).containsExactly(bytes + "\n");
    }

    @Test
    void whatIsNoEntryDoesNotHideTheRest() throws IOException {
        var text = OUT + "F a\n" + "garbage\n" + "2026-11-22T01:0\n" + "\n" + OUT + "F b\n";
        try (var log = LogFile.open(log(text))) {
            assertThat(rest(log)).containsExactly("a\n", "b\n");
        }
    }
}
