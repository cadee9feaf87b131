package dev.rootbound.idmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import java.util.random.RandomGenerator;
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

    @Test
    void whatIsFormattedIsParsedBack() {
        Seeds.check(
                300,
                random -> {
                    var file = new SubidFile(Seeds.list(random, 12, SubidFileTest::line));
                    assertThat(SubidFile.parse(file.format(), "f")).isEqualTo(file);
                });
    }

    private static SubidFile.Line line(RandomGenerator random) {
        var owner = "a" + Seeds.text(random, "abz09_-.$", 7);
        return new SubidFile.Line(
                random.nextBoolean() ? owner : owner.substring(owner.length() - 1),
                new IdRange(random.nextLong(0xFFFF_0001L), 1 + random.nextInt(0xFFFF)));
    }

    @Test
    void anyTextIsParsedOrRefusedByOneException() {
        Seeds.check(
                1000,
                random -> {
                    var text = anyText(random);
                    try {
                        var file = SubidFile.parse(text, "f");
                        assertThat(file.lines())
                                .hasSizeLessThanOrEqualTo(text.split("\n", -1).length);
                    } catch (MalformedSubidFile e) {
                        assertThat(e).hasMessageStartingWith("f, line ");
                    }
                });
    }

    /** Close to a subuid file, or anything at all, half surrogates too. */
    private static String anyText(RandomGenerator random) {
        if (random.nextBoolean()) {
            return Seeds.text(random, "a1:#\n \t\r-+9", 40);
        }
        var text = new StringBuilder();
        for (int left = random.nextInt(61); left > 0; left--) {
            text.append((char) random.nextInt(1 << (1 + random.nextInt(16))));
        }
        return text.toString();
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
