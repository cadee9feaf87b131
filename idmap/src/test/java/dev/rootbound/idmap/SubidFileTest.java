package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubidFileTest {
    private static final String TEXT =
            """
            # who has what

            alice:100000:65536
            1000:400000:10
            bob:200000:65536
            alice:300000:1
            """;

    @Test
    void aUserHasTheLinesOfItsNameAndOfItsNumber() throws Exception {
        var file = SubidFile.parse(TEXT, "/etc/subuid");
        assertThat(file.rangesOf("alice", 1000))
                .containsExactly(
                        new IdRange(100000, 65536),
                        new IdRange(400000, 10),
                        new IdRange(300000, 1));
        assertThat(file.rangesOfOthers("alice", 1000)).containsExactly(new IdRange(200000, 65536));
        assertThat(file.rangesOf("carol", 7)).isEmpty();
    }

    @Test
    void anIdInALineIsItsOwners() throws Exception {
        var file = SubidFile.parse(TEXT, "/etc/subuid");
        assertThat(file.ownerOf(200001).map(SubidFile.Line::owner)).contains("bob");
        assertThat(file.ownerOf(400009).map(SubidFile.Line::owner)).contains("1000");
        assertThat(file.ownerOf(400010)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice:100000|2 fields",
                "alice:100000:65536:x|4 fields",
                "alice:abc:65536|first id is not a number: 'abc'",
                "alice:-1:65536|first id is not a number: '-1'",
                "alice:+1:65536|first id is not a number",
                "alice:0x10:65536|first id is not a number",
                "alice:١:65536|first id is not a number",
                "alice:100000:|count is not a number",
                "alice:100000:0|not a range of ids",
                "alice:4294967295:1|not a range of ids",
                "alice:1:4294967295|not a range of ids",
                "alice:99999999999999999999:1|first id is not a number",
                ":100000:65536|not an owner",
            })
    void aBadLineIsRefusedByFileAndNumber(String line, String why) {
        assertThatExceptionOfType(MalformedSubidFile.class)
                .isThrownBy(() -> SubidFile.parse("root:1:1\n\n" + line + "\n", "/etc/subgid"))
                .withMessageStartingWith("/etc/subgid, line 3: ")
                .withMessageContaining(why);
    }

    @Provide
    Arbitrary<SubidFile> files() {
        var owner = Arbitraries.strings().withChars("abz09_-.$").ofMinLength(1).ofMaxLength(8);
        var range =
                Combinators.combine(
                                Arbitraries.longs().between(0, 0xFFFF_0000L),
                                Arbitraries.longs().between(1, 0xFFFF))
                        .as(IdRange::new);
        return Combinators.combine(owner, range).as(SubidFile.Line::new).list().map(SubidFile::new);
    }

    @Property(tries = 300)
    void whatIsFormattedIsParsedBack(@ForAll("files") SubidFile file) throws Exception {
        assertThat(SubidFile.parse(file.format(), "f")).isEqualTo(file);
    }

    @Provide
    Arbitrary<String> texts() {
        var close = Arbitraries.strings().withChars("a1:#\n \t\r-+9").ofMaxLength(40);
        return Arbitraries.oneOf(Arbitraries.strings().ofMaxLength(60), close);
    }

    @Property(tries = 1000)
    void anyTextIsParsedOrRefusedByOneException(@ForAll("texts") String text) {
        try {
            var file = SubidFile.parse(text, "f");
            assertThat(file.lines()).hasSizeLessThanOrEqualTo(text.split("\n", -1).length);
        } catch (MalformedSubidFile e) {
            assertThat(e).hasMessageStartingWith("f, line ");
        }
    }

    @Test
    void theHostsIdsAreThoseOfItsUsersAndGroups() {
        var passwd =
                """
                root:x:0:0:root:/root:/bin/sh
                nis:x:7000:7001::/:
                +::::::
                bad:x:y:z
                """;
        assertThat(HostIds.of(passwd, "root:x:0:\nwheel:x:10:a,b\n\nbad\n"))
                .isEqualTo(Set.of(0L, 7000L, 7001L, 10L));
    }
}
