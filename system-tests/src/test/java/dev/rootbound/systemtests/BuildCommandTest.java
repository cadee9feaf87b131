package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./rootbound build}: contexts, secrets, what it shows and where the result goes. */
@SystemTest
class BuildCommandTest {
    private static final String BASE = "FROM " + TestImage.BUSYBOX.tag() + "\n";

    @TempDir Path directory;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @BeforeEach
    void context() throws IOException {
        write("Dockerfile", BASE + "COPY . /src\n");
        write("file", "content\n");
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(directory.resolve(name).getParent());
        Files.writeString(directory.resolve(name), text);
    }

    private static Cli client(Target target) {
        target.daemon(); // this is about our own client
        return new Cli("rootbound", List.of(Shell.CHECKOUT + "/rootbound", "-H", target.address()));
    }

    private static Result build(Target target, byte[] input, String... words) {
        var line = new ArrayList<>(List.of("build"));
        line.addAll(List.of(words));
        return client(target).input(input, line.toArray(String[]::new));
    }

    private String built(Target target, String... options) {
        var words = new ArrayList<>(List.of("-q"));
        words.addAll(List.of(options));
        words.add(directory.toString());
        return build(target, new byte[0], words.toArray(String[]::new)).ok().out();
    }

    private static String prints(Target target, String image, String script) {
        return client(target).run("run", "--rm", image, "sh", "-c", script).ok().out();
    }

    @Test
    void anImageHasTheFilesOfTheDirectoryOwnedByRoot(Target target) throws IOException {
        write("sub/secret", "");
        write("sub/keep", "");
        write(".dockerignore", "sub\n!sub/keep\nDockerfile\n");
        Files.setAttribute(directory.resolve("file"), "unix:uid", 1234);
        assertThat(prints(target, built(target), "cd /src; find . | sort; stat -c %u:%g file"))
                .isEqualTo(".\n./.dockerignore\n./file\n./sub\n./sub/keep\n0:0");
    }

    @Test
    void aTerminalShowsTheStepsInPlaceAndIsLeftAsItWas(Target target) throws IOException {
        write(
                "Dockerfile",
                BASE + "RUN for i in 1 2 3 4 5 6 7 8; do echo on-line-$i; sleep 0.1; done\n");
        var line = client(target).line("build", "--no-cache", "-t", "shown", directory.toString());
        var seen =
                Shell.terminal(
                        "", "stty rows 30 cols 70; " + String.join(" ", line) + "; stty size");
        var frames = List.of(seen.split("\033\\[\\?25l", -1)); // each hides the cursor
        assertThat(frames).hasSizeGreaterThan(4);
        assertThat(frames).anyMatch(frame -> frame.contains(" => => # on-line-2"));
        var last = frames.getLast();
        assertThat(last).contains("FINISHED", " => => naming to shown:latest done", "\033[?25h");
        assertThat(last).doesNotContain("=> # on-line").contains("30 70");
        assertThat(last).containsPattern("=> \\[2/2] RUN for i in 1 2 3 4[^\n]* [0-9.]+s");
        var without = build(target, new byte[0], "--progress", "tty", directory.toString());
        assertThat(without.ended(1).err()).contains("standard error is no terminal");
    }

    @Test
    void aDockerfileFromElsewhereIsNotInTheImage(Target target) {
        var dockerfile = (BASE + "COPY . /src\nRUN ls -A /src > /list\n").getBytes(UTF_8);
        var image = build(target, dockerfile, "-q", "-f", "-", directory.toString()).ok().out();
        assertThat(prints(target, image, "cat /list")).isEqualTo("Dockerfile\nfile");
        assertThat(build(target, dockerfile, "-q", "-f", "-", directory.toString()).ok().out())
                .isEqualTo(image);
    }

    @Test
    void tarsAndDockerfilesComeFromStandardInput(Target target) throws IOException {
        var tar = BuildContext.tar(Map.of("D", BASE + "COPY a /\n", "a", "from a tar\n"));
        var image = build(target, tar, "-q", "-f", "D", "-").ok().out();
        assertThat(prints(target, image, "cat /a")).isEqualTo("from a tar");
        var alone = build(target, (BASE + "RUN echo x > /x").getBytes(UTF_8), "-q", "-").ok();
        assertThat(prints(target, alone.out(), "cat /x")).isEqualTo("x");
    }

    @Test
    void argumentsAndSecretsReachTheirStepsAndNothingElse(Target target) throws IOException {
        write(
                "Dockerfile",
                BASE
                        + "ARG A\nARG SOME=other\n"
                        + "RUN --mount=type=secret,id=s wc -c < /run/secrets/s > /size"
                        + " && echo $A $SOME > /given\n");
        write("secret", "hidden-in-no-layer");
        write(".dockerignore", "secret\n");
        var image =
                built(
                        target,
                        "--build-arg",
                        "A=1",
                        "--build-arg",
                        "SOME",
                        "--secret",
                        "id=s,src=" + directory.resolve("secret"));
        assertThat(prints(target, image, "cat /size /given; ls /run/secrets 2>/dev/null; true"))
                .isEqualTo("18\n1 other");
        assertThat(client(target).run("history", "--no-trunc", image).ok().out())
                .doesNotContain("hidden-in-no-layer");
    }

    @Test
    void stepsAreShownAndFoundInTheCache(Target target) throws IOException {
        write("Dockerfile", BASE + "RUN echo shown; echo " + Cli.fresh() + "\n");
        var first = build(target, new byte[0], "-t", "rbt/build-shown", directory.toString()).ok();
        assertThat(first.err())
                .contains("[1/2] FROM " + TestImage.BUSYBOX.tag() + "\n", "[2/2] RUN echo shown")
                .containsPattern("#3 \\d+\\.\\d{3} shown\n")
                .contains("naming to rbt/build-shown:latest done\n");
        assertThat(build(target, new byte[0], directory.toString()).ok().err())
                .contains("#3 CACHED\n");
        assertThat(client(target).run("builder", "du").ok().out()).contains("Reclaimable:");
        client(target).run("rmi", "rbt/build-shown").ok();
    }

    @Test
    void aFailingCommandEndsWithOneAndSaysItsOwnCode(Target target) throws IOException {
        write("Dockerfile", BASE + "RUN echo before; exit 7\n");
        var failed = build(target, new byte[0], "-q", directory.toString()).ended(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err())
                .contains(" > [2/2] RUN echo before; exit 7:\n", " before\n")
                .contains("returned a non-zero code: 7");
    }

    @Test
    void theFilesGoToADirectoryOrATar(Target target) throws IOException {
        write("Dockerfile", "FROM scratch\nCOPY file /made/" + Cli.fresh() + "/\n");
        var before = client(target).run("images", "-aq").ok().out();
        var out = directory.resolve("out");
        built(target, "-o", out.toString());
        try (var made = Files.walk(out)) {
            assertThat(made.filter(Files::isRegularFile))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasContent("content\n"));
        }
        var tar = directory.resolve("out.tar");
        built(target, "-o", "type=tar,dest=" + tar);
        assertThat(Shell.run("tar", "tf", tar.toString()).ok().out()).contains("/file");
        assertThat(client(target).run("images", "-aq").ok().out()).isEqualTo(before);
        var layout = directory.resolve("layout.tar");
        built(target, "-o", "type=oci,dest=" + layout);
        assertThat(Shell.run("tar", "tf", layout.toString()).ok().out()).contains("oci-layout");
    }

    @Test
    void contextsByNameAreDirectoriesTarsOfServersAndImages(Target target) throws IOException {
        write("other/sub/file", "of the other\n");
        write("other/kept-out", "");
        write("other/.dockerignore", "kept-out\n");
        write(
                "Dockerfile",
                """
                FROM base AS first
                COPY --from=other . /from
                RUN --mount=from=other,source=sub,target=/m cat /m/file > /mounted
                FROM files AS whole
                FROM first
                COPY --from=whole /sub/file /of-base
                """);
        var other = directory.resolve("other").toString();
        var image =
                built(
                        target,
                        "--build-context",
                        "base=docker-image://" + TestImage.BUSYBOX.tag(),
                        "--build-context",
                        "other=" + other,
                        "--build-context",
                        "files=" + other);
        assertThat(prints(target, image, "cat /mounted /of-base; cd /from; find . | sort"))
                .isEqualTo("of the other\nof the other\n.\n./.dockerignore\n./sub\n./sub/file");
        var missing =
                build(target, new byte[0], "--build-context", "a=/nowhere", directory.toString());
        assertThat(missing.ended(1).err())
                .contains("path \"/nowhere\" not found; an image is docker-image://NAME");
    }

    @Test
    void theStagesThatAreNamedTakeNothingFromTheCache(Target target) throws IOException {
        write(
                "Dockerfile",
                BASE.strip()
                        + " AS One\nRUN echo "
                        + Cli.fresh()
                        + " > /a; cat /proc/sys/kernel/random/uuid >> /a\n"
                        + BASE
                        + "RUN cat /proc/sys/kernel/random/uuid > /b\nCOPY --from=one /a /a\n");
        var first = prints(target, built(target), "cat /a; cat /b");
        assertThat(prints(target, built(target), "cat /a; cat /b")).isEqualTo(first);
        var again =
                prints(target, built(target, "--no-cache-filter", "one,none"), "cat /a; cat /b");
        assertThat(again).isNotEqualTo(first).endsWith(first.substring(first.lastIndexOf('\n')));
        assertThat(
                        build(
                                        target,
                                        new byte[0],
                                        "--no-cache-filter",
                                        "none",
                                        directory.toString())
                                .ok()
                                .err())
                .contains("no-cache-filter: there are no stages [none]");
    }
}
