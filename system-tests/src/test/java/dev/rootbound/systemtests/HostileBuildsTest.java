package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.systemtests.Layer.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contexts and Dockerfiles that want more than a build: what BuildKit and Buildah have been tricked
 * into. A file of the host is neither read nor changed.
 */
@SystemTest
class HostileBuildsTest {
    private static final String HOST = "rbt-canary-of-the-host";

    @TempDir Path context;
    @TempDir Path canary;
    private DockerBuild build;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @BeforeEach
    void build(Target target) throws IOException {
        build = new DockerBuild(target.docker(), context);
        Files.writeString(canary.resolve("file"), HOST);
        Files.setPosixFilePermissions(
                canary, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach
    void theHostIsAsItWas(Target target) throws IOException {
        try (var files = Files.list(canary)) {
            assertThat(files).containsExactly(canary.resolve("file"));
        }
        assertThat(canary.resolve("file")).hasContent(HOST);
        assertThat(target.docker().run("ps", "-aq").ok().out()).isEmpty();
    }

    @AfterAll
    static void clean(Target target) {
        DockerBuild.clean(target.docker());
    }

    private static Layer context(String dockerfile) {
        return new Layer().file("Dockerfile", dockerfile);
    }

    private String refused(Layer context) {
        var result = build.archive(context.bytes());
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.toString()).doesNotContain(HOST);
        return result.err();
    }

    private String built(Layer context, String script) {
        var image = build.archive(context.bytes(), "-q").ok().out();
        return build.inside(image, script);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "./../x", ".."})
    void namesThatLeadOutAreRefused(String name) {
        assertThat(refused(context("FROM scratch\n").file(name, "x"))).contains("leads out of it");
        assertThat(refused(context("FROM scratch\n").hardLink("x", name)))
                .contains("leads out of it");
    }

    @Test
    void absoluteNamesAreOfTheContext() {
        var file = canary.resolve("file").toString();
        var context =
                context(DockerBuild.BUSYBOX + "COPY " + file + " /1\nCOPY ./" + file + " /2\n");
        assertThat(built(context.file(file, "of the context"), "cat /1; cat /2"))
                .isEqualTo("of the contextof the context");
    }

    @Test
    void linksThatLeadOutLeadNowhere() {
        for (var target : new String[] {canary.toString(), "../../../../../../.." + canary}) {
            var dockerfile = DockerBuild.BUSYBOX + "COPY link/file /\n";
            assertThat(refused(context(dockerfile).symlink("link", target)))
                    .contains("link/file: file not found in build context");
            assertThat(refused(context(dockerfile).symlink("link/file", target + "/file")))
                    .contains("file not found");
            var below = context(dockerfile).symlink("link", target).file("link/file", "planted");
            assertThat(refused(below)).contains("below what is no directory");
        }
        var loop = context(DockerBuild.BUSYBOX + "COPY a /\n").symlink("a", "b").symlink("b", "a");
        assertThat(refused(loop)).contains("file not found");
        var copied = context(DockerBuild.BUSYBOX + "COPY d /d\n");
        assertThat(
                        built(
                                copied.symlink("d/link", canary + "/file"),
                                "readlink /d/link; cat /d/link 2>&1 || true"))
                .startsWith(canary + "/file")
                .contains("No such file");
    }

    @Test
    void hardLinksToNothingAreRefused() {
        assertThat(refused(context("FROM scratch\n").hardLink("x", "nosuch")))
                .contains("a link to a file that does not come before it");
        assertThat(refused(context("FROM scratch\n").hardLink("x", canary + "/file")))
                .contains("a link to a file that does not come before it");
        assertThat(refused(context("FROM scratch\n").dir("d", Meta.mode(0755)).hardLink("x", "d")))
                .contains("a link to");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/etc/shadow", "../../../../etc/shadow", "/proc/self/environ", "/dev/zero"})
    void aDockerfileThatIsALinkIsNotReadFromTheHost(String target) {
        assertThat(refused(new Layer().symlink("Dockerfile", target)))
                .contains("is not in the build context")
                .doesNotContain("root:");
    }

    @Test
    void aDockerfileThatIsNoFileIsNotRead() {
        assertThat(refused(new Layer().fifo("Dockerfile"))).contains("not in the build context");
        assertThat(refused(new Layer().blockDevice("Dockerfile", 8, 0))).contains("not in the");
        assertThat(refused(new Layer().dir("Dockerfile", Meta.mode(0755)))).contains("not in the");
        var huge = "#".repeat(5 << 20);
        assertThat(refused(context(huge + "\n"))).contains("the limit is");
    }

    @Test
    void devicesAndFifosOfTheContextAreNeitherOpenedNorOfUse() {
        var dockerfile = DockerBuild.BUSYBOX + "COPY d /d\nCOPY d/fifo /fifo\nADD d/fifo /added\n";
        var context = context(dockerfile).fifo("d/fifo").file("d/f", "f");
        assertThat(built(context, "ls /d; test -p /d/fifo; test -p /fifo; test -p /added"))
                .isEqualTo("f\nfifo");
        var device = context(DockerBuild.BUSYBOX + "COPY d /d\n").blockDevice("d/disk", 8, 0);
        var result = build.archive(device.bytes());
        if (result.code() == 0)
            assertThat(result.out()).contains("Successfully built"); // as what cannot be opened
        else assertThat(result.err()).contains("disk");
    }

    @Test
    void fifosAndDevicesOfAStageAreNeitherOpenedNorOfUse() {
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS a\nRUN mkdir /p; mkfifo /p/f; ln /p/f /p/g; ln -s /p/f /p/l; mknod"
                        + " /p/null c 1 3 || echo refused\n"
                        + DockerBuild.BUSYBOX
                        + "COPY --from=a /p /q\nCOPY --from=a /p/l /l\nADD --chown=1 nosuch* /\n";
        assertThat(build.fails(dockerfile)).contains("nosuch*: file not found");
        var image = build.image(dockerfile.replace("ADD --chown=1 nosuch* /\n", ""));
        assertThat(build.inside(image, "test -p /q/f; test -p /l; ls /q")).isEqualTo("f\ng\nl");
        var mounted = "RUN --mount=type=bind,from=a,source=/p/f,target=/m test -p /m && echo one";
        assertThat(build.says(dockerfile.replace("ADD --chown=1 nosuch* /", mounted)))
                .contains("\none\n");
    }

    @Test
    void manyEntriesOfNothingAreHarmless() {
        var many = context(DockerBuild.BUSYBOX + "COPY Dockerfile /\n");
        for (int n = 0; n < 100_000; n++) many.file("" + n, Meta.mode(0), new byte[0]);
        assertThat(built(many, "ls /Dockerfile")).isEqualTo("/Dockerfile");
        assertThat(refused(context("FROM scratch\n").file("d/".repeat(2000) + "f", "deep")))
                .contains("more than 1000 names");
    }

    /** CVE-2024-9676: what users are is read from the image, not from what it says to open. */
    @ParameterizedTest
    @ValueSource(strings = {"mkfifo /etc/passwd", "ln -s /dev/zero /etc/passwd"})
    void filesOfUsersThatAreNoneAreNotWaitedFor(String instead) {
        var dockerfile = DockerBuild.BUSYBOX + "RUN rm /etc/passwd; " + instead + "\n";
        assertThat(build.fails(dockerfile + "COPY --chown=alice Dockerfile /\n"))
                .contains("/etc/passwd of the image");
        assertThat(build.fails(dockerfile + "USER alice\nRUN id\n"))
                .contains("/etc/passwd of the image");
    }

    /** CVE-2024-9341, 9407, 1753, 11218; CVE-2024-23651: sources are of the stage or context. */
    @ParameterizedTest
    @CsvSource({
        "'bind,from=a,source=/up'",
        "'bind,from=a,source=/absolute/../..'",
        "'bind,from=a,source=../../..'",
        "'bind,from=a,source=/'",
        "'bind,source=../../..'",
        "'cache,from=a,source=/up'",
        "'cache,id=../../../../etc'",
    })
    void sourcesOfMountsLeadNowhereElse(String mount) {
        var said =
                build.says(
                        DockerBuild.BUSYBOX.strip()
                                + " AS a\nRUN ln -s ../../../../../.. /up; ln -s / /absolute\n"
                                + DockerBuild.BUSYBOX
                                + "RUN --mount=type="
                                + mount
                                + ",target=/m test ! -e /m"
                                + canary
                                + " && test ! -e /m/boot && echo nothing\n",
                        "--no-cache");
        assertThat(said).contains("\nnothing\n");
    }

    /** CVE-2024-23652, CVE-2024-9675: what a step makes of its mount points is its own. */
    @Test
    void mountPointsThatBecomeLinksAreCleanedInTheImageOnly() {
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN --mount=type=tmpfs,target=/stub/dir --mount=type=bind,target=/stub/b"
                        + " mv /stub /old; ln -s "
                        + canary
                        + " /stub\n"
                        + "RUN --mount=type=cache,target=/stub/file --mount=type=tmpfs,target=/stub/new"
                        + " ls -a /stub\n"
                        + "COPY Dockerfile /stub/copied\nWORKDIR /stub/made\n";
        var image = build.image(dockerfile);
        assertThat(build.inside(image, "readlink /stub; ls " + canary))
                .isEqualTo(canary + "\ncopied\nmade");
    }

    /** GHSA-q6r4-3wmg-fwcq, CVE-2022-23648: directories are made in the image only. */
    @Test
    void directoriesAreMadeInTheImageOnly() {
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN ln -s / /root2; ln -s ../../../../../../.. /up\n"
                        + ("WORKDIR /root2" + canary + "/1\nWORKDIR /up" + canary + "/2\n")
                        + ("COPY Dockerfile /up" + canary + "/3/\nVOLUME /up" + canary + "\n")
                        + "VOLUME ../../../..\nRUN pwd\n";
        assertThat(build.says(dockerfile)).contains("\n" + canary + "/2\n");
    }

    /** CVE-2024-23651: two steps at the same time, of which one changes what the other mounts. */
    @Test
    void aCacheThatChangesWhileItIsMountedLeadsNowhere() throws Exception {
        var swap =
                DockerBuild.BUSYBOX
                        + "RUN --mount=type=cache,id=race,target=/c cd /c; for n in $(seq 300); do ln -s "
                        + canary
                        + " d; mv -T d link; mkdir -p d/x; rm -rf d; done 2>/dev/null; rm -rf d; ln -s "
                        + canary
                        + " d\n";
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var swapping = tasks.submit(() -> build.says(swap, "--no-cache"));
            for (int n = 0; n < 5; n++) {
                var other =
                        new DockerBuild(
                                build.docker(), Files.createDirectory(context.resolve("r" + n)));
                var said =
                        other.tries(
                                DockerBuild.BUSYBOX
                                        + "RUN --mount=type=cache,id=race,target=/m/d/x --mount=type="
                                        + "cache,id=race,target=/m cat /m/d/file 2>&1 || true\n",
                                "--no-cache");
                assertThat(said.toString()).doesNotContain(HOST);
            }
            swapping.get();
        }
    }

    /** CVE-2026-41567: no program of the image unpacks what ADD is given. */
    @Test
    void programsOfTheImageUnpackNothing() {
        build.file("f", "in the archive");
        for (var how : new String[] {"z", "J"})
            Shell.run("tar", "-C", context.toString(), "-c" + how + "f", context + "/a." + how, "f")
                    .ok();
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN for p in tar xz unxz gzip gunzip bzip2 bunzip2 unpigz; do rm -f /bin/$p;"
                        + " printf '#!/bin/sh\\ntouch /ran\\n' > /bin/$p; chmod 755 /bin/$p; done\n"
                        + "ADD a.z /1/\nADD a.J /3/\n";
        assertThat(build.prints(dockerfile, "cat /1/f /3/f; test ! -e /ran"))
                .isEqualTo("in the archive".repeat(2));
    }
}
