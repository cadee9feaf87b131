package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.ContainerSpec.LogDriver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogOptionsTest {
    private static LogOptions options(LogDriver driver, String text) {
        var map = new TreeMap<String, String>();
        for (var each : text.isBlank() ? List.<String>of() : List.of(text.strip().split(" "))) {
            map.put(each.split("=", 2)[0], each.split("=", 2)[1]);
        }
        return LogOptions.of(driver, map);
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    JSON_FILE, '', 0, 1
                    JSON_FILE, max-size=10m, 10000000, 1
                    JSON_FILE, max-size=1.5kb max-file=3, 1500, 3
                    JSON_FILE, max-size=-1, 0, 1
                    LOCAL, '', 20971520, 5
                    LOCAL, max-size=1k max-file=2, 1024, 2
                    NONE, max-size=1k, 0, 1
                    """)
    void sizesAndNumbersAreDockers(LogDriver driver, String text, long size, int files) {
        assertThat(options(driver, text).maxSize()).isEqualTo(size);
        assertThat(options(driver, text).maxFiles()).isEqualTo(files);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    JSON_FILE | max-sise=1 | unknown log opt 'max-sise' for json-file log driver
                    LOCAL | tag=x | unknown log opt 'tag' for local log driver
                    JSON_FILE | max-size=much | invalid size: 'much'
                    JSON_FILE | max-size=0 | max-size must be a positive number
                    JSON_FILE | max-file=x | not a number: 'x'
                    JSON_FILE | max-file=0 | max-file cannot be less than 1
                    JSON_FILE | compress=true | compress cannot be true
                    JSON_FILE | mode=x | logging mode not supported: x
                    JSON_FILE | max-buffer-size=1m | only supported with 'mode=non-blocking'
                    JSON_FILE | labels-regex=( | labels-regex
                    JSON_FILE | tag={{.ID}} | templates
                    """)
    void whatCannotBeIsRefusedByName(LogDriver driver, String text, String reason) {
        assertThatThrownBy(() -> options(driver, text))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void detailsAreTheChosenLabelsVariablesAndTheTag() {
        var spec =
                ContainerSpec.of("x")
                        .with(s -> {
                            s.labels = Map.of("a", "1", "b", "2", "other", "3");
                            s.env = List.of("COLOUR=x=y", "OTHER=1", "BARE");
                        });
        var options =
                options(LogDriver.JSON_FILE, "labels=a,none labels-regex=^b env=COLOUR tag=t");
        assertThat(options.details(spec))
                .containsExactly(
                        Map.entry("COLOUR", "x=y"),
                        Map.entry("a", "1"),
                        Map.entry("b", "2"),
                        Map.entry("tag", "t"));
        assertThat(LogOptions.NONE.details(spec)).isEmpty();
    }

    @Test
    void whatIsNotCompressedIsSaid() {
        assertThat(options(LogDriver.JSON_FILE, "max-size=1m max-file=2 compress=true").warnings())
                .singleElement()
                .asString()
                .contains("compress");
        assertThat(options(LogDriver.LOCAL, "").warnings()).isEmpty();
    }
}
