package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {
    private static Arguments parse(String... words) {
        return Arguments.parse(new RunCommand().flags(), List.of(words));
    }

    @Test
    void lettersMayBeJoinedAndTheLastMayHaveAValue() {
        var arguments = parse("-dite", "A=b", "-u0:0", "-w=/w", "img");

        assertThat(arguments.is("detach")).isTrue();
        assertThat(arguments.is("interactive")).isTrue();
        assertThat(arguments.is("tty")).isTrue();
        assertThat(arguments.all("env")).containsExactly("A=b");
        assertThat(arguments.text("user")).isEqualTo("0:0");
        assertThat(arguments.text("workdir")).isEqualTo("/w");
    }

    @Test
    void optionsEndAtTheImage() {
        assertThat(parse("--rm", "img", "sh", "-c", "x", "--rm").rest())
                .containsExactly("img", "sh", "-c", "x", "--rm");
    }

    @Test
    void optionsMayFollowTheNamesOfOtherCommands() {
        var arguments = Arguments.parse(new RmCommand().flags(), List.of("a", "-f", "--", "-b"));

        assertThat(arguments.is("force")).isTrue();
        assertThat(arguments.rest()).containsExactly("a", "-b");
    }

    @Test
    void aValueMayLookLikeAnOption() {
        assertThat(parse("--entrypoint", "--help", "img").text("entrypoint")).isEqualTo("--help");
    }

    @Test
    void aSwitchCanBeTurnedOff() {
        assertThat(parse("--rm=false", "img").is("rm")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "--foo,unknown flag: --foo",
        "-z,unknown shorthand flag: 'z' in -z",
        "--name,flag needs an argument: --name",
        "-p,flag needs an argument: 'p' in -p",
        "--rm=x,invalid argument \"x\" for \"--rm\" flag",
    })
    void aBadOptionIsNamedAsDockerDoes(String word, String message) {
        assertThatThrownBy(() -> parse(word))
                .isInstanceOfSatisfying(
                        CliException.class, e -> assertThat(e.code()).isEqualTo(125))
                .hasMessageStartingWith(message)
                .hasMessageContaining("Usage:  rootbound run [OPTIONS] IMAGE")
                .hasMessageEndingWith("Run 'rootbound run --help' for more information");
    }

    @Test
    void noImageIsAnErrorWithCode1() {
        assertThatThrownBy(() -> parse("--rm"))
                .isInstanceOfSatisfying(CliException.class, e -> assertThat(e.code()).isEqualTo(1))
                .hasMessageContaining("'rootbound run' requires at least 1 argument");
    }
}
