package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.runtime.ProcessFacts;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PsFormatTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final PsHost HOST =
            new PsHost(
                    NOW.minusSeconds(7200),
                    NOW,
                    ZoneOffset.UTC,
                    1 << 30,
                    Map.of(0L, "root"),
                    Map.of(7L, "staff"));

    /** Started an hour ago, has used 36 s since. */
    private static final ProcessFacts SHELL =
            new ProcessFacts(
                    42,
                    1,
                    42,
                    42,
                    34817,
                    42,
                    'S',
                    "sh",
                    "sh -c x",
                    1_879_048_192L,
                    7,
                    3000,
                    600,
                    360_000,
                    0,
                    20,
                    1,
                    8192 * 1024,
                    10 << 20,
                    0);

    private static final ProcessFacts ZOMBIE =
            new ProcessFacts(
                    7, 42, 42, 42, 0, -1, 'Z', "true", "", 0, 0, 0, 0, 720_000, 5, 25, 1, 0, 0, 0);

    private static List<List<String>> rows(String options) {
        return PsFormat.parse(options).table(List.of(SHELL, ZOMBIE), HOST).rows();
    }

    private static String titles(String options) {
        return String.join(" ", PsFormat.parse(options).table(List.of(), HOST).titles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-ef", "  ", "-e -f", "-f", "-eww -f"})
    void theUsualColumnsAreDockers(String options) {
        assertThat(titles(options)).isEqualTo("UID PID PPID C STIME TTY TIME CMD");
        assertThat(rows(options))
                .containsExactly(
                        List.of(
                                "root",
                                "7",
                                "42",
                                "0",
                                "10:00",
                                "?",
                                "00:00:00",
                                "[true] <defunct>"),
                        List.of(
                                "1879048192",
                                "42",
                                "1",
                                "1",
                                "09:00",
                                "pts/1",
                                "00:00:36",
                                "sh -c x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aux", "-aux", "u", "axuww"})
    void bsdsColumnsAreDockers(String options) {
        assertThat(titles(options))
                .isEqualTo("USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND");
        assertThat(rows(options).getLast())
                .containsExactly(
                        "1879048192",
                        "42",
                        "1.0",
                        "1.0",
                        "8192",
                        "10240",
                        "pts/1",
                        "Ss+",
                        "09:00",
                        "0:36",
                        "sh -c x");
        assertThat(rows(options).getFirst().get(7)).isEqualTo("ZN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-o pid,user,comm|PID USER COMMAND",
                "-opid,ppid|PID PPID",
                "-eo pid,args -o %mem|PID COMMAND %MEM",
                "axo pid,stat,etime,group|PID STAT ELAPSED GROUP",
                "-e|PID TTY TIME CMD"
            })
    void columnsCanBeChosen(String options, String expected) {
        assertThat(titles(options)).isEqualTo(expected);
        assertThat(rows(options)).allSatisfy(row -> assertThat(row).doesNotContain(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-Z|Z",
                "--forest|-",
                "-o pid=X|pid=X",
                "-o|needs columns",
                "-o pid,nosuch|nosuch",
                "-p 1|p",
                "-o pid,|unknown column"
            })
    void whatIsNotKnownIsRefusedByName(String options, String named) {
        assertThatThrownBy(() -> PsFormat.parse(options))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(named)
                .hasMessageContaining("-ef, aux and -o");
    }
}
