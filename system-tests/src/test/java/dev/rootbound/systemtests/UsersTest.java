package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** Scenarios 18 and 20: images prepared for any id, and images without names. */
@SystemTest
class UsersTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.ANY_ID, TestImage.DISTROLESS, TestImage.BUSYBOX);
    }

    @Behaviour
    void anImageForAnyIdWorksWithAnIdInsideTheMap(Cli cli) {
        for (var user : List.of("64123:0", "1:0", "65535:0")) {
            var out =
                    cli.run(
                                    "run",
                                    "--rm",
                                    "-u",
                                    user,
                                    TestImage.ANY_ID.tag(),
                                    "sh",
                                    "-c",
                                    "echo more >>/app/data && touch /app/new && id -u && cat /app/data")
                            .ok()
                            .out();
            assertThat(out).isEqualTo(user.replace(":0", "") + "\nx\nmore");
        }
    }

    @Promise
    void anIdOutsideTheMapIsAnErrorThatNamesTheMap(Cli cli) {
        for (var user : List.of("1000640000", "0:1000640000", "65536")) {
            var result =
                    cli.run("run", "--rm", "-u", user, TestImage.ANY_ID.tag(), "true").ended(125);
            assertThat(result.err()).contains("65535");
        }
    }

    @Behaviour
    void aNumberThatIsNoIdIsRefused(Cli cli) {
        for (var user :
                List.of("2147483648", "4294967295", "-1", "0:2147483648", "99999999999999999999"))
            assertThat(cli.run("run", "--rm", "-u", user, TestImage.BUSYBOX.tag(), "true").code())
                    .as(user)
                    .isBetween(125, 126);
    }

    @Behaviour
    void anImageWithoutShellAndPasswdRuns(Cli cli) {
        assertThat(cli.prints(TestImage.DISTROLESS, "id")).isEqualTo("uid=0 gid=0 groups=0");
        assertThat(
                        cli.run("run", "--rm", "-u", "12:34", TestImage.DISTROLESS.tag(), "id")
                                .ok()
                                .out())
                .isEqualTo("uid=12 gid=34 groups=34");
    }

    @Behaviour
    void aNameThatTheImageDoesNotHaveIsAnErrorThatSaysSo(Cli cli) {
        var user = cli.run("run", "--rm", "-u", "postgres", TestImage.DISTROLESS.tag(), "id");
        assertThat(user.code()).isBetween(125, 126);
        assertThat(user.err()).contains("postgres");
        var group = cli.run("run", "--rm", "-u", "0:postgres", TestImage.BUSYBOX.tag(), "id");
        assertThat(group.code()).isBetween(125, 126);
        assertThat(group.err()).contains("postgres");
    }
}
