package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.runtime.ProcessSpec.UserIds;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserLookupTest {
    private static final IdMaps IDS = IdMaps.of(new IdRange(1879048192, 65536));

    private static final String PASSWD =
            """
            root:x:0:0:root:/root:/bin/sh
            www:x:33:33::/var/www:/bin/false
            1337:x:4242:4243::/home/elite:/bin/sh
            app:x:1000:1001::/home/app:/bin/sh
            nogid:x:1002
            huge:x:99999999999999:0::/:/bin/sh
            minus:x:-1:0::/:/bin/sh
            empty:x::0::/:/bin/sh
            badgid:x:1003:zero::/:/bin/sh
            outside:x:65536:0::/:/bin/sh
            0x0:x:0:0::/:/bin/sh
            """;

    private static final String GROUP =
            """
            # a comment, as glibc allows
            root:x:0:
            wheel:x:10:root,app
            www:x:33:
            staff:x:50:app
            nobody-knows:x:nine:
            """;

    private static UserIds find(String user, String... groupAdd) throws InvalidSpec {
        return new UserLookup(PASSWD.getBytes(UTF_8), GROUP.getBytes(UTF_8), IDS)
                .find(user, List.of(groupAdd));
    }

    @Test
    void noUserIsRootWithItsGroups() throws Exception {
        assertThat(find("")).isEqualTo(new UserIds(0, 0, List.of(0L, 10L), "/root"));
        assertThat(find("root")).isEqualTo(find("")).isEqualTo(find("0")).isEqualTo(find("00"));
    }

    @Test
    void aNameHasItsIdsItsGroupsAndItsHome() throws Exception {
        assertThat(find("app"))
                .isEqualTo(new UserIds(1000, 1001, List.of(1001L, 10L, 50L), "/home/app"));
    }

    @Test
    void aNumberWithAnEntryIsThatUser() throws Exception {
        assertThat(find("1000")).isEqualTo(find("app"));
    }

    @Test
    void aNumberIsAnIdEvenIfAUserHasThatName() throws Exception {
        assertThat(find("1337")).isEqualTo(new UserIds(1337, 0, List.of(0L), "/"));
    }

    @Test
    void aNumberWithoutAnEntryHasGroup0() throws Exception {
        assertThat(find("64123")).isEqualTo(new UserIds(64123, 0, List.of(0L), "/"));
        assertThat(find("64123:0").gid()).isZero();
    }

    @Test
    void anExplicitGroupLeavesNoOthers() throws Exception {
        assertThat(find("app:www")).isEqualTo(new UserIds(1000, 33, List.of(33L), "/home/app"));
        assertThat(find("app:7")).isEqualTo(new UserIds(1000, 7, List.of(7L), "/home/app"));
        assertThat(find("500:500")).isEqualTo(new UserIds(500, 500, List.of(500L), "/"));
        assertThat(find(":50")).isEqualTo(new UserIds(0, 50, List.of(50L), "/root"));
        assertThat(find("app:")).isEqualTo(find("app"));
    }

    @Test
    void anEntryWithoutAGroupHasGroup0() throws Exception {
        assertThat(find("nogid")).isEqualTo(new UserIds(1002, 0, List.of(0L), "/"));
    }

    @Test
    void addedGroupsAreNamesOrNumbersOnceEach() throws Exception {
        assertThat(find("app", "www", "10", "4711", "www").additionalGids())
                .containsExactly(1001L, 10L, 50L, 33L, 4711L);
        assertThat(find("app:7", "staff").additionalGids()).containsExactly(7L, 50L);
    }

    @ParameterizedTest
    @CsvSource({
        "bob, unable to find user bob: no matching entries in passwd file",
        "app:nix, unable to find group nix: no matching entries in group file",
        "app:a:b, unable to find group a:b: no matching entries in group file",
        "1000640000, user 1000640000 is outside this container's ids 0 to 65535",
        "app:65536, group 65536 is outside this container's ids 0 to 65535",
        "outside, user 65536 is outside this container's ids 0 to 65535",
        "huge, 'user huge: the image''s entry has a uid that is no id: ''99999999999999'''",
        "minus, 'user minus: the image''s entry has a uid that is no id: ''-1'''",
        "empty, 'user empty: the image''s entry has a uid that is no id: '''''",
        "badgid, 'user badgid: the image''s entry has a gid that is no id: ''zero'''",
    })
    void whatCannotBeFoundIsSaidInDockersWords(String user, String message) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> find(user))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+0",
                "0x0",
                "0X10",
                "٠",
                "1٢",
                "2147483648",
                "4294967295",
                "4294967296",
                "99999999999999",
                "18446744073709551616",
                "app:-1",
                "app:+0",
                "app:4294967296",
                "app:٣",
                "0x"
            })
    void whatIsNoUsableNumberIsRefusedAndNeverRoot(String user) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> find(user))
                .withMessageMatching(".*(must be in range 0-2147483647|neither a number).*");
    }

    @Test
    void anAddedGroupThatDoesNotExistIsRefused() {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> find("app", "nix"))
                .withMessage("unable to find group nix: no matching entries in group file");
        assertThatExceptionOfType(InvalidSpec.class).isThrownBy(() -> find("app", "-1"));
        assertThatExceptionOfType(InvalidSpec.class).isThrownBy(() -> find("app", "nobody-knows"));
    }

    @Test
    void anImageWithoutFilesHasNumbersOnly() throws Exception {
        var bare = new UserLookup(null, null, IDS);
        assertThat(bare.find("", List.of())).isEqualTo(new UserIds(0, 0, List.of(0L), "/"));
        assertThat(bare.find("1000:5", List.of()).gid()).isEqualTo(5);
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> bare.find("www", List.of()))
                .withMessageContaining("unable to find user www");
    }

    @Test
    void filesThatAreTooLargeAreRefused() {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> new UserLookup(new byte[(1 << 20) + 1], null, IDS))
                .withMessageContaining("passwd file has 1048577 bytes");
    }

    @Test
    void moreGroupsThanAnybodyHasAreRefused() throws Exception {
        var groups = new StringBuilder();
        for (int n = 0; n < 2000; n++) {
            groups.append("g").append(n).append(":x:").append(n).append(":u\n");
        }
        var lookup =
                new UserLookup("u:x:5:5".getBytes(UTF_8), groups.toString().getBytes(UTF_8), IDS);
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> lookup.find("u", List.of()))
                .withMessageContaining("2000 groups");
    }

    @Test
    void anyBytesAndAnyUserGiveIdsOfTheMapOrOneException() {
        var random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            var passwd = text(random, 40);
            var user = text(random, 6).replace('\n', ':');
            try {
                var found =
                        new UserLookup(passwd.getBytes(UTF_8), passwd.getBytes(UTF_8), IDS)
                                .find(user, List.of());
                assertThat(IDS.uids().toHost(found.uid())).isPresent();
                assertThat(found.additionalGids()).allMatch(g -> IDS.gids().toHost(g).isPresent());
            } catch (InvalidSpec e) {
                assertThat(e).hasMessageMatching("(?s).*(user|group).*");
            }
        }
    }

    private static String text(Random random, int length) {
        var alphabet = "ab:::,\n\n0129+-x#é٣ \t";
        return random.ints(random.nextInt(length + 1), 0, alphabet.length())
                .collect(
                        StringBuilder::new,
                        (b, i) -> b.append(alphabet.charAt(i)),
                        (a, b) -> a.append(b))
                .toString();
    }
}
