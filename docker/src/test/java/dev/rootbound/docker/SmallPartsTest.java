package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmallPartsTest {
    private static String typed(DetachKeys keys, String... pieces) throws IOException {
        var passed = new ByteArrayOutputStream();
        for (var piece : pieces) {
            var bytes = piece.getBytes(StandardCharsets.US_ASCII);
            if (keys.typed(bytes, bytes.length, passed::writeBytes)) {
                passed.writeBytes("|detached".getBytes(StandardCharsets.US_ASCII));
            }
        }
        return passed.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void detachKeysAreFoundAcrossPiecesAndOthersPassOn() throws IOException {
        assertThat(typed(DetachKeys.parse(""), "a\u0010", "\u0011b")).isEqualTo("a|detached");
        assertThat(typed(DetachKeys.parse(""), "\u0010", "x\u0011")).isEqualTo("\u0010x\u0011");
        assertThat(typed(DetachKeys.parse("a,a,b"), "aaaab")).isEqualTo("aa|detached");
        assertThat(typed(DetachKeys.parse("ctrl-x,a"), "\u0018a")).isEqualTo("|detached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctrl-", "ctrl-1", "ab", ",", "shift-a"})
    void detachKeysThatAreNoneAreRefused(String keys) {
        assertThatThrownBy(() -> DetachKeys.parse(keys))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("invalid detach keys (" + keys + ")");
    }

    @Test
    void aNameGivenTwiceHasOneMeaning() {
        var same = Fields.of(Json.parse("{\"EnableIPv6\":true,\"enableIPv6\":true}"));
        assertThat(same.flag("EnableIPv6")).isTrue();
        for (var body : List.of("{\"a\":null,\"A\":\"x\"}", "{\"a\":\"x\",\"A\":null}"))
            assertThat(Fields.of(Json.parse(body)).text("a")).isEqualTo("x");
        assertThatThrownBy(() -> Fields.of(Json.parse("{\"a\":\"x\",\"A\":\"y\"}")))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("is given twice");
    }

    @Test
    void filtersHaveTwoForms() {
        var known = Set.of("label");
        assertThat(Filters.parse("{\"label\":[\"a=b\"]}", known).of("label"))
                .containsExactly("a=b");
        assertThat(Filters.parse("{\"label\":{\"a=b\":true,\"c\":false}}", known).of("label"))
                .containsExactly("a=b");
        assertThatThrownBy(() -> Filters.parse("{\"x\":[\"a\"]}", known))
                .hasMessage("invalid filter 'x'");
        assertThatThrownBy(() -> Filters.parse("[1]", known)).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> Filters.parse("{\"label\":7}", known))
                .isInstanceOf(ApiException.class);
    }

    @Test
    void aPatternThatWouldRunForeverIsRefused() {
        assertThatThrownBy(() -> Patterns.found("(a*)*\\1c", "a".repeat(60)))
                .isInstanceOf(ApiException.class);
        assertThat(Patterns.glob("rootbound/*", "rootbound/busybox")).isTrue();
        assertThat(Patterns.glob("*", "rootbound/busybox")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a[bc]d, acd, true",
        "a[bc]d, aed, false",
        "a[^bc]d, aed, true",
        "a[^bc]d, abd, false",
        "v[0-9].?, v1.2, true",
        "v[0-9].?, vx.2, false",
        "a[^b]c, a/c, false",
        "\\*, *, true",
        "\\*, a, false",
        "[\\]x], ], true",
        "[a-], a, true",
        "a.b, axb, false",
        "[]a], ], true"
    })
    void aGlobIsReadAsGosPathMatchReadsIt(String glob, String text, boolean fits) {
        assertThat(Patterns.glob(glob, text)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({"[", "[a", "a\\", "[]"})
    void aGlobWithoutItsEndIsRefused(String glob) {
        assertThatThrownBy(() -> Patterns.glob(glob, "x"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("syntax error in pattern");
    }

    @ParameterizedTest
    @CsvSource({
        "0, Less than a second", "1, 1 second", "59, 59 seconds", "60, About a minute",
        "150, 2 minutes", "3600, About an hour", "7200, 2 hours", "172800, 2 days",
        "1209600, 2 weeks", "5184000, 2 months", "63072000, 2 years"
    })
    void durationsAreToldInTheUnitThatMatters(long seconds, String text) {
        assertThat(StateText.about(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @Test
    void timesAreSecondsOrRfc3339() {
        assertThat(Timestamps.parse("since", "12.5"))
                .isEqualTo(Instant.ofEpochSecond(12, 500_000_000));
        assertThat(Timestamps.parse("since", "2026-01-01T00:00:00.000000001+01:00"))
                .isEqualTo(Instant.parse("2025-12-31T23:00:00.000000001Z"));
        assertThat(Timestamps.parse("until", "0")).isNull();
        assertThatThrownBy(() -> Timestamps.parse("since", "yesterday"))
                .hasMessageContaining("since");
    }

    @Test
    void imageNamesMayContainSlashes() {
        var routes = new Routes();
        routes.add("GET", "/images/{name+}/json", _ -> {});
        assertThat(routes.find("GET", "/images/a/b:c/json"))
                .extracting(Routes.Match::parameters)
                .isEqualTo(Map.of("name", "a/b:c"));
        assertThat(routes.find("GET", "/images//json")).isNull();
        assertThat(routes.find("POST", "/images/a/json")).isNull();
        assertThat(List.of("/images", "/", "")).allMatch(p -> routes.find("GET", p) == null);
    }
}
