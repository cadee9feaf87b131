package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;

/** Scenarios 12 and 13: what is on disk, and whose. */
@SystemTest
class StoreTest {
    /** systemd's foreign id range: 0x7FFE0000, 65 536 ids. */
    private static final long FOREIGN = 2147352576L;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.MANY_FILES, TestImage.DEBIAN);
    }

    @Behaviour
    @OneClient
    void noHostUserCanListTheStoreOrStatALayer(Cli cli, Target target) {
        var store = target.store().toString();
        assertThat(asNobody("ls", store).code()).isNotZero();
        var found = Shell.run("find", store, "-xdev", "-name", "busybox", "-type", "f").ok().out();
        assertThat(found.lines())
                .isNotEmpty()
                .allSatisfy(program -> assertThat(asNobody("stat", program).code()).isNotZero());
    }

    @Promise
    @OneClient
    void whatContainersAndImagesOwnIsInTheForeignRangeOnDisk(Cli cli, Target target) {
        var store = target.store().toString();
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        cli.run(
                        "exec",
                        name,
                        "sh",
                        "-c",
                        "echo x >/rbt-root; echo x >/rbt-www; chown 33:50 /rbt-www; chmod 4755 /rbt-root")
                .ok();
        assertThat(owners(store, "-name", "rbt-www"))
                .isEqualTo((FOREIGN + 33) + ":" + (FOREIGN + 50));
        assertThat(owners(store, "-name", "rbt-root")).isEqualTo(FOREIGN + ":" + FOREIGN);
        assertThat(owners(store, "-type", "f", "-name", "busybox"))
                .isEqualTo(FOREIGN + ":" + FOREIGN);
        var strangers =
                owners(
                        store,
                        "-not",
                        "-uid",
                        "0",
                        "-not",
                        "(",
                        "-uid",
                        "+" + (FOREIGN - 1),
                        "-uid",
                        "-" + (FOREIGN + 65536),
                        ")");
        assertThat(strangers).as("owned by a user or by a lease").isEmpty();
        assertThat(
                        owners(
                                store, "-type", "f", "-perm", "/6000", "(", "-uid", "0", "-o",
                                "-gid", "0", ")"))
                .as("set-user-ID of host root")
                .isEmpty();
    }

    @Promise
    @OneClient
    void aSetUserIdProgramOfAnImageIsForeignOnDisk(Cli cli, Target target) {
        assertThat(owners(target.store().toString(), "-name", "sid", "-perm", "-4000"))
                .isEqualTo(FOREIGN + ":" + FOREIGN);
    }

    @Behaviour
    @OneClient
    void anImageOfTwentyThousandFilesStartsAsFastAsBusybox(Cli cli, Target target) {
        assertThat(median(cli, TestImage.MANY_FILES))
                .isLessThan(median(cli, TestImage.BUSYBOX) * 13 / 10 + 20);
    }

    @Behaviour
    @OneClient
    void aStartMakesNoCopyOfTheImage(Cli cli, Target target) {
        var store = target.store().toString();
        var before = inodes(store);
        for (var n = 0; n < 3; n++) cli.detached(TestImage.MANY_FILES.tag(), "sleep", "9999");
        assertThat(inodes(store) - before).isLessThan(300);
    }

    private static long median(Cli cli, TestImage image) {
        var times = new long[9];
        for (var n = 0; n < times.length; n++) {
            var start = System.nanoTime();
            cli.run("run", "--rm", "--network", "none", image.tag(), "true").ok();
            times[n] = (System.nanoTime() - start) / 1_000_000;
        }
        Arrays.sort(times);
        return times[times.length / 2];
    }

    private static long inodes(String store) {
        return Shell.run("sh", "-c", "find \"$1\" -xdev 2>/dev/null | wc -l", "-", store)
                .out()
                .strip()
                .transform(Long::parseLong);
    }

    /** The distinct {@code uid:gid} of the files found. */
    private static String owners(String store, String... tests) {
        var line = new java.util.ArrayList<>(java.util.List.of("find", store, "-xdev"));
        line.addAll(Arrays.asList(tests));
        line.addAll(java.util.List.of("-printf", "%U:%G\\n"));
        return String.join(
                " ",
                Shell.run(line.toArray(String[]::new))
                        .ok()
                        .out()
                        .lines()
                        .distinct()
                        .sorted()
                        .toList());
    }

    private static Result asNobody(String... command) {
        var line =
                new java.util.ArrayList<>(
                        java.util.List.of(
                                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        line.addAll(Arrays.asList(command));
        return Shell.run(line.toArray(String[]::new));
    }
}
