package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Sizes, ages, keys and JSON. */
class FormatsTest {
    @ParameterizedTest
    @CsvSource({
        "64m,67108864",
        "1g,1073741824",
        "1.5GiB,1610612736",
        "100,100",
        "1kb,1024",
        "5b,5",
        "2 K,2048",
        "-1,-1"
    })
    void sizesAreReadInPowersOf1024(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "1x", "1..2m", "-5m", "1mm", "1bb", "99999999999p", "1m2"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid size: '" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0B",
        "999,999B",
        "1000,1kB",
        "4260000,4.26MB",
        "77800000,77.8MB",
        "128000000,128MB",
        "999960,1MB",
        "1230000000,1.23GB"
    })
    void sizesArePrintedWithThreeDigits(long bytes, String text) {
        assertThat(ByteSize.human(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-5,Less than a second", "0,Less than a second", "1,1 second", "59,59 seconds",
        "60,About a minute", "119,About a minute", "120,2 minutes", "3599,59 minutes",
        "3600,About an hour", "5399,About an hour", "5400,2 hours", "172799,2 days",
        "169000,47 hours", "1209600,2 weeks", "5184000,2 months", "63072000,2 years"
    })
    void agesReadAsDockers(long seconds, String text) {
        assertThat(Durations.human(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1m30s,90000000000", "1.5h,5400000000000", "300ms,300000000", "0,0"})
    void spansAreReadAsGos(String text, long nanos) {
        assertThat(Durations.parse(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "m", "1x", "1.2.3s", "s5", "1s5"})
    void whatIsNoSpanIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDetachKeysAreKeptBackUntilTheyAreComplete() {
        var keys = DetachKeys.parse("");

        assertThat(keys.accept(new byte[] {'a', 16}, 2).bytes()).containsExactly('a');
        assertThat(keys.accept(new byte[] {16, 'b'}, 2).bytes()).containsExactly(16, 16, 'b');
        assertThat(keys.accept(new byte[] {16}, 1).detached()).isFalse();
        var step = keys.accept(new byte[] {17, 'c'}, 2);
        assertThat(step.detached()).isTrue();
        assertThat(step.bytes()).isEmpty();
    }

    @Test
    void detachKeysAreReadAsDockers() {
        assertThat(
                        DetachKeys.parse("ctrl-@,x,ctrl-_")
                                .accept(new byte[] {0, 'x', 31}, 3)
                                .detached())
                .isTrue();
        assertThatThrownBy(() -> DetachKeys.parse("ctrl-a,foo")).hasMessageContaining("'foo'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,-2.5e3,true,false,null,{}],\"b\":{\"c\":\"\\u00e9\\n\\\"\\\\/\"}}",
                "[]",
                "\"x\"",
                " { \"a\" : [ ] } ",
                "123456789012345678901234567890",
            })
    void jsonIsReadAndWrittenAsJacksonReadsIt(String text) throws IOException {
        var mapper = new JsonMapper();
        String written = JsonWriter.write(JsonReader.read(text));

        assertThat(mapper.readTree(written)).isEqualTo(mapper.readTree(text));
        assertThat(mapper.readTree(JsonWriter.indent(text))).isEqualTo(mapper.readTree(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "tru",
                "1 2",
                "\"x",
                "\"\\x\"",
                "\"\\u12\"",
                "-",
                "[1}",
                "{\"a\":1,}",
                "\"a\nb\"",
                "'a'"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(text))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("not JSON");
    }

    @Test
    void deepNestingIsRefusedNotOverflown() {
        assertThatThrownBy(() -> JsonReader.read("[".repeat(100_000)))
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void namesAreEscapedInTargets() {
        assertThat(
                        Target.of("/images/", "a/b:1 é?", "/tag")
                                .query("q", "a&b=c d+")
                                .query("e", "")
                                .toString())
                .isEqualTo("/v1.51/images/a/b:1%20%C3%A9%3F/tag?q=a%26b%3Dc%20d%2B");
    }
}
