package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "SIGTERM, 15",
        "term, 15",
        "15, 15",
        "015, 15",
        "SigKill, 9",
        "CLD, 17",
        "IOT, 6",
        "RTMIN, 34",
        "RTMIN+3, 37",
        "SIGRTMIN+15, 49",
        "RTMAX-14, 50",
        "rtmax, 64",
        "64, 64",
        "POLL, 29",
        "WINCH, 28",
        "SYS, 31"
    })
    void aSignalIsANameOrANumber(String text, int number) throws Exception {
        assertThat(Signals.number(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "00",
                "65",
                "-9",
                "+9",
                "SIG",
                "SIGSIGTERM",
                "RTMIN+16",
                "RTMIN+",
                "FOO",
                "9999999999",
                "SIG9",
                " 9",
                "٩"
            })
    void whatIsNoneIsRefusedInDockersWords(String text) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> Signals.number(text))
                .withMessage("invalid signal: " + text);
    }

    @Test
    void everyNumberThatHasANameHasItBack() throws Exception {
        for (int number = 1; number <= 64; number++) {
            assertThat(Signals.number(Signals.name(number))).isEqualTo(number);
        }
        assertThat(Signals.name(15)).isEqualTo("SIGTERM");
        assertThat(Signals.name(6)).isEqualTo("SIGABRT");
        assertThat(Signals.name(32)).isEqualTo("32");
    }
}
