package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
    private static final Map<String, String> VALUES =
            Map.of(
                    "a", "value",
                    "empty", "",
                    "path", "/usr/lib/lib.so.1",
                    "spaces", " one  two ",
                    "star", "a*b",
                    "lines", "x/y\nz/w",
                    "ümlaut", "ü");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain | plain",
                "$a | value",
                "${a} | value",
                "x${a}y$a | xvalueyvalue",
                "$a-b | value-b",
                "$ümlaut | ü",
                "$ | $",
                "$. | $.",
                "a$ | a$",
                "\\$a | $a",
                "\\\\$a | \\value",
                "'$a' | $a",
                "\"$a\" | value",
                "\"\\$a\" | $a",
                "\"\\n\" | \\n",
                "'it''s' | its",
                "a\"b c\"d | ab cd",
                "${a:-x} | value",
                "${b:-x} | x",
                "${b-x} | x",
                "${empty-x} | ``",
                "${empty:-x} | x",
                "${b:-$a} | value",
                "${b:-${c:-${a}}} | value",
                "${b:-'}'} | }",
                "${b:-\\}} | }",
                "${a:+x} | x",
                "${a+x} | x",
                "${b+x} | ``",
                "${empty:+x} | ``",
                "${empty+x} | x",
                "${a:?no} | value",
                "${empty?no} | ``",
                "${path#*/} | usr/lib/lib.so.1",
                "${path##*/} | lib.so.1",
                "${path%.*} | /usr/lib/lib.so",
                "${path%%.*} | /usr/lib/lib",
                "${path#/usr} | /lib/lib.so.1",
                "${path%/lib} | /usr/lib/lib.so.1",
                "${path/lib/LIB} | /usr/LIB/lib.so.1",
                "${path//lib/LIB} | /usr/LIB/LIB.so.1",
                "${path/\\/usr/} | /lib/lib.so.1",
                "${path//\\//_} | _usr_lib_lib.so.1",
                "${path//l?b/X} | /usr/X/X.so.1",
                "${path/l*b/X} | /usr/X.so.1",
                "${a//x/y} | value",
                "${a//l*/} | va",
                "${a/?/} | alue",
                "${a#?} | alue",
                "${a%?} | valu",
                "${star#*\\*} | b",
                "${star/\\*/-} | a-b",
                "${a//*/r} | r",
                "${empty//*/r} | r",
                "${b#x} | ``",
                "$1 | ``",
                "$10x | x",
                "$@x | x",
            })
    void aWordIsExpanded(String word, String expanded) throws ExpansionException {
        assertThat(Expansion.of('\\').text(word, Variables.of(VALUES))).isEqualTo(expanded);
    }

    @Test
    void theEscapeCharacterCanBeABacktick() throws ExpansionException {
        var expansion = Expansion.of('`');
        var values = Variables.of(VALUES);
        assertThat(expansion.text("`$a \\$a c:\\dir \"`\"\" ``", values))
                .isEqualTo("$a \\value c:\\dir \" `");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "${ | '}' is missing",
                "${a | '}' is missing",
                "${} | a name is expected",
                "${:-x} | a name is expected",
                "${{a} | a name is expected",
                "${a:} | not known",
                "${a:=x} | not known",
                "${a^^} | not known",
                "${a:-x | '}' is missing",
                "${a:-${b} | '}' is missing",
                "${a/x} | '/' is missing",
                "${a/x/y | '}' is missing",
                "'a | closing '",
                "\"a | closing \"",
                "${b:?} | b: is not set",
                "${b?why not} | b: why not",
                "${empty:?} | empty: is empty",
                "${a#\\x} | a backslash is only for",
            })
    void whatIsMalformedIsRefused(String word, String message) {
        assertThatThrownBy(() -> Expansion.of('\\').text(word, Variables.of(VALUES)))
                .isInstanceOf(ExpansionException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aValueIsSeparatedAtItsSpacesUnlessItIsQuoted() throws ExpansionException {
        var expansion = Expansion.of('\\');
        var values = Variables.of(VALUES);
        assertThat(expansion.words("$spaces", values)).containsExactly("one", "two");
        assertThat(expansion.words("\"$spaces\"", values)).containsExactly(" one  two ");
        assertThat(expansion.words("x$spaces'y z'", values))
                .containsExactly("x", "one", "two", "y z");
        assertThat(expansion.words("a\\ b c", values)).containsExactly("a b", "c");
        assertThat(expansion.words("$empty", values)).isEmpty();
    }

    @Test
    void aStarStaysInItsLine() throws ExpansionException {
        var text = Expansion.of('\\').text("${lines##*/}", Variables.of(VALUES));
        assertThat(text).isEqualTo("y\nz/w");
    }

    @Test
    void namesWithoutAValueAreRecorded() throws ExpansionException {
        Set<String> undefined = new LinkedHashSet<>();
        var values = Variables.of(VALUES).recording(undefined);
        Expansion.of('\\').text("$a $b ${c:-$d} '$e' ${empty:+$f}", values);
        assertThat(undefined).containsExactly("b", "d", "c", "f");
    }

    @Test
    void whatDoublesAValueWithEachLineIsStopped() {
        var value = "x".repeat(1 << 20);
        assertThatThrownBy(() -> Expansion.of('\\').text("$a$a", Variables.of(Map.of("a", value))))
                .hasMessageContaining("too large");
        assertThatThrownBy(() ->
                        Expansion.of('\\').text("${a//?/xx}", Variables.of(Map.of("a", value))))
                .hasMessageContaining("too large");
    }

    @Test
    void whatIsNestedTooDeepIsRefused() {
        var word = "${a:-".repeat(100_000) + "}".repeat(100_000);
        assertThatThrownBy(() -> Expansion.of('\\').text(word, Variables.NONE))
                .hasMessageContaining("too deep");
    }

    @Test
    void displayKeepsQuotesAndWhatHasNoValue() throws ExpansionException {
        var shown = Expansion.shown('\\').text("echo \"$a\" ${b:-c} $d", Variables.of(VALUES));
        assertThat(shown).isEqualTo("echo \"value\" ${b:-c} $d");
        assertThat(List.of(shown)).hasSize(1);
    }
}
