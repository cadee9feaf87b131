package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker cp}, by the table in Docker's documentation. */
@SystemTest
class CopyTest {
    private static final String IMAGE = TestImage.BUSYBOX.tag();

    @TempDir Path temp;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    private static String running(Cli cli, String script) {
        var box = cli.detached(IMAGE, "sleep", "600");
        cli.run("exec", box, "sh", "-ec", script).ok();
        return box;
    }

    private static String created(Cli cli, String... options) {
        var box = Cli.fresh();
        var line = new java.util.ArrayList<>(List.of("create", "--name", box));
        line.addAll(List.of(options));
        line.addAll(List.of(IMAGE, "sleep", "600"));
        cli.run(line.toArray(String[]::new)).ok();
        return box;
    }

    private static String inside(Cli cli, String box, String script) {
        return cli.run("exec", box, "sh", "-ec", script).ok().out();
    }

    private String local(String name) {
        return temp.resolve(name).toString();
    }

    /** A directory with a file, and a file. */
    private void sources() throws IOException {
        Files.createDirectories(temp.resolve("dir/sub"));
        Files.writeString(temp.resolve("dir/sub/f"), "deep");
        Files.writeString(temp.resolve("file"), "content");
    }

    private void refused(Cli cli, String why, String... copy) {
        var result = cli.run(copy);
        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(why);
    }

    @Behaviour
    void filesGoWhereTheTableSays(Cli cli) throws IOException {
        sources();
        var box = running(cli, "mkdir /d; echo old > /f");
        cli.run("cp", local("file"), box + ":/new").ok();
        cli.run("cp", local("file"), box + ":/f").ok();
        cli.run("cp", local("file"), box + ":/d").ok();
        cli.run("cp", local("file"), box + ":/d/").ok();
        assertThat(inside(cli, box, "cat /new /f /d/file")).isEqualTo("content".repeat(3));
        refused(cli, "no such directory", "cp", local("file"), box + ":/none/");
        refused(cli, "Could not find the file /no", "cp", local("file"), box + ":/no/f");
        refused(cli, "no such file or directory", "cp", local("absent"), box + ":/");
    }

    @Behaviour
    void directoriesGoWhereTheTableSays(Cli cli) throws IOException {
        sources();
        var box = running(cli, "mkdir /there; echo > /f");
        cli.run("cp", local("dir"), box + ":/new").ok();
        cli.run("cp", local("dir"), box + ":/there").ok();
        cli.run("cp", local("dir") + "/.", box + ":/there").ok();
        cli.run("cp", local("dir") + "/.", box + ":/fresh").ok();
        assertThat(inside(cli, box, "cat /new/sub/f /there/dir/sub/f /there/sub/f /fresh/sub/f"))
                .isEqualTo("deep".repeat(4));
        refused(cli, "cannot copy directory", "cp", local("dir"), box + ":/f");
    }

    @Behaviour
    void outOfAContainerTheTableIsTheSame(Cli cli) throws IOException {
        var box = running(cli, "mkdir -p /d/sub; echo -n deep > /d/sub/f; echo -n x > /x");
        Files.createDirectory(temp.resolve("there"));
        Files.writeString(temp.resolve("plain"), "old");
        cli.run("cp", box + ":/x", local("new")).ok();
        cli.run("cp", box + ":/x", local("plain")).ok();
        cli.run("cp", box + ":/x", local("there")).ok();
        cli.run("cp", box + ":/d", local("made")).ok();
        cli.run("cp", box + ":/d", local("there")).ok();
        cli.run("cp", box + ":/d/.", local("there")).ok();
        for (var file : List.of("new", "plain", "there/x"))
            assertThat(temp.resolve(file)).hasContent("x");
        for (var file : List.of("made/sub/f", "there/d/sub/f", "there/sub/f"))
            assertThat(temp.resolve(file)).hasContent("deep");
        refused(cli, "cannot copy directory", "cp", box + ":/d", local("plain"));
        refused(cli, "no such directory", "cp", box + ":/x", local("none") + "/");
        refused(cli, "does not exist", "cp", box + ":/x", local("none/x"));
        refused(cli, "Could not find the file /no", "cp", box + ":/no", local("y"));
        refused(cli, "not a directory", "cp", box + ":/x/", local("y"));
    }

    @Behaviour
    void linksAreCopiedAsLinksUnlessFollowed(Cli cli) throws IOException {
        sources();
        Files.createSymbolicLink(temp.resolve("link"), Path.of("file"));
        var box = running(cli, "mkdir /d; ln -s /d /to; echo -n x > /x; ln -s x /l");
        cli.run("cp", local("link"), box + ":/d/").ok();
        cli.run("cp", "-L", local("link"), box + ":/d/followed").ok();
        cli.run("cp", local("file"), box + ":/to/through").ok();
        assertThat(inside(cli, box, "readlink /d/link; cat /d/followed /d/through"))
                .isEqualTo("file\ncontentcontent");
        cli.run("cp", box + ":/l", local("l")).ok();
        cli.run("cp", "-L", box + ":/l", local("lx")).ok();
        assertThat(Files.readSymbolicLink(temp.resolve("l"))).hasToString("x");
        assertThat(temp.resolve("lx")).hasContent("x").isRegularFile();
        assertThat(temp.resolve("lx")).isRegularFile();
        assertThat(Files.isSymbolicLink(temp.resolve("lx"))).isFalse();
    }

    @Behaviour
    void whateverItsStateAContainerHasFiles(Cli cli) throws IOException {
        sources();
        var box = created(cli);
        cli.run("cp", local("dir"), box + ":/made").ok();
        cli.run("start", box).ok();
        cli.run("pause", box).ok();
        cli.run("cp", local("file"), box + ":/made/paused").ok();
        cli.run("unpause", box).ok();
        assertThat(inside(cli, box, "cat /made/sub/f /made/paused")).isEqualTo("deepcontent");
        cli.run("stop", "-t", "0", box).ok();
        cli.run("cp", local("file"), box + ":/made/stopped").ok();
        cli.run("cp", box + ":/made", local("back")).ok();
        assertThat(temp.resolve("back/stopped")).hasContent("content");
        assertThat(temp.resolve("back/sub/f")).hasContent("deep");
        cli.run("start", box).ok();
        assertThat(inside(cli, box, "cat /made/stopped")).isEqualTo("content");
    }

    @Behaviour
    void ownersModesTimesAndAttributesAreThoseOfTheArchive(Cli cli) {
        byte[] bind = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        var tar =
                Shell.run(
                                60,
                                java.util.Map.of(),
                                new byte[0],
                                List.of("sh", "-ec", PREPARE, local("")))
                        .ok();
        var box = running(cli, "true");
        cli.input(tar.stdout(), "cp", "-", box + ":/tmp").ok();
        assertThat(inside(cli, box, "cd /tmp; stat -c '%n %u:%g %a %h %Y' sid hard own; cat hard"))
                .isEqualTo(
                        "sid 0:0 4755 2 1000000000\nhard 0:0 4755 2 1000000000\n"
                                + "own 33:65535 640 1 1000000000\nset");
        var back = cli.run("cp", box + ":/tmp/sid", "-").ok();
        assertThat(new String(back.stdout(), ISO_8859_1))
                .contains("SCHILY.xattr.security.capability=" + new String(bind, ISO_8859_1));
    }

    private static final String PREPARE =
            "cd $0; printf set > sid; chmod 4755 sid; setcap cap_net_bind_service+ep sid; chmod 4755"
                    + " sid; ln sid hard; touch own; chown 33:65535 own; chmod 640 own; touch -d"
                    + " @1000000000 sid own; tar --xattrs --xattrs-include='*' -c sid hard own";

    @Behaviour
    void namesNeedNotBeText(Cli cli) {
        var box = running(cli, "mkdir /n; printf odd > \"/n/$(printf 'a\\377b')\"");
        var tar = cli.run("cp", box + ":/n", "-").ok();
        assertThat(new String(tar.stdout(), ISO_8859_1)).contains("n/a\u00ffb");
        cli.input(tar.stdout(), "cp", "-", box + ":/tmp").ok();
        assertThat(inside(cli, box, "cat /tmp/n/a*b; cd /tmp/n; printf %s * | od -An -tx1"))
                .isEqualTo("odd 61 ff 62");
    }

    @Behaviour
    void aDeepAndALargeTreeArriveWhole(Cli cli) throws IOException {
        var deep = temp.resolve("t/" + "0123456789/".repeat(100));
        Files.createDirectories(deep);
        Files.writeString(deep.resolve("end"), "end");
        try (var large = new java.io.RandomAccessFile(local("t/large"), "rw")) {
            large.setLength(200 << 20);
            large.seek(100 << 20);
            large.write("middle".getBytes(UTF_8));
        }
        var box = created(cli);
        cli.run("cp", local("t"), box + ":/t").ok();
        cli.run("cp", box + ":/t", local("back")).ok();
        assertThat(Files.mismatch(temp.resolve("t/large"), temp.resolve("back/large")))
                .isEqualTo(-1);
        assertThat(temp.resolve("back/" + "0123456789/".repeat(100) + "end")).hasContent("end");
    }

    @Behaviour
    void archivesGoThroughStandardStreams(Cli cli) {
        var one = running(cli, "mkdir /d; echo -n x > /d/x; echo > /f");
        var tar = cli.run("cp", one + ":/d", "-").ok();
        var other = created(cli);
        cli.input(tar.stdout(), "cp", "-", other + ":/tmp").ok();
        cli.run("start", other).ok();
        assertThat(inside(cli, other, "cat /tmp/d/x")).isEqualTo("x");
        assertThat(cli.input(tar.stdout(), "cp", "-", one + ":/f").ended(1).err())
                .contains("destination \"" + one + ":/f\" must be a directory");
    }

    @Behaviour
    void whatIsRefusedIsRefusedInDockersWords(Cli cli) throws IOException {
        sources();
        var box = running(cli, "mkdir -p /d/file; echo > /d/dir");
        refused(cli, "between containers is not supported", "cp", box + ":/d", box + ":/e");
        refused(cli, "at least one container", "cp", local("file"), local("copy"));
        refused(cli, "No such container", "cp", local("file"), "rbt-none:/x");
        refused(cli, "cannot overwrite directory", "cp", local("file"), box + ":/d");
        refused(cli, "cannot overwrite non-directory", "cp", local("dir"), box + ":/d");
        var readOnly = created(cli, "--read-only");
        refused(cli, "container rootfs is marked read-only", "cp", local("file"), readOnly + ":/");
    }

    @Behaviour
    void anAbsoluteLinkOfTheImageLeadsInside(Cli cli) throws IOException {
        sources();
        var box = running(cli, "rm -rf /var/run; mkdir -p /run; ln -s /run /var/run");
        cli.run("cp", local("file"), box + ":/var/run/file").ok();
        cli.run("cp", local("dir"), box + ":/var/run").ok();
        assertThat(inside(cli, box, "cat /run/file /run/dir/sub/f")).isEqualTo("contentdeep");
        cli.run("stop", "-t", "0", box).ok();
        cli.run("cp", local("file"), box + ":/var/run/again").ok();
        cli.run("cp", box + ":/var/run/again", local("again")).ok();
        assertThat(temp.resolve("again")).hasContent("content");
    }

    @Promise
    void whatIsCopiedIsNobodysOnTheHost(Cli cli, Target target) throws IOException {
        sources();
        var box = created(cli);
        cli.run("cp", local("dir"), box + ":/copied").ok();
        var upper =
                target.store().resolve("store/c/" + cli.inspect(box).at("/Id").asString() + "/u");
        for (var file : List.of("copied", "copied/sub", "copied/sub/f"))
            assertThat(Files.getAttribute(upper.resolve(file), "unix:uid"))
                    .as(file)
                    .isEqualTo(2147352576);
        Files.setAttribute(temp.resolve("file"), "unix:uid", 70000);
        refused(cli, "owner uid 70000 is not among", "cp", local("file"), box + ":/f");
    }

    @Test
    void whatIsCopiedOutIsTheUsersWithoutPrivileges(Target target) throws IOException {
        target.daemon();
        var cli = target.clients().getLast();
        var box = running(cli, "cp /bin/busybox /sid; chown 7:8 /sid; chmod 4755 /sid");
        cli.run("cp", box + ":/sid", local("sid")).ok();
        cli.run("cp", "-a", box + ":/sid", local("kept")).ok();
        assertThat(owned("sid")).isEqualTo("0 rwxr-xr-x");
        assertThat(owned("kept")).isEqualTo("7 rwxr-xr-x");
    }

    private String owned(String file) throws IOException {
        var path = temp.resolve(file);
        return Files.getAttribute(path, "unix:uid")
                + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** CVE-2019-14271 and CVE-2026-41567: what is found in a container is never run for a copy. */
    @Promise
    void programsOfTheContainerAreNotRun(Cli cli) throws IOException {
        sources();
        var box =
                running(
                        cli,
                        "for p in tar xz unxz gzip gunzip unpigz pigz zstd bzip2; do printf '#!/bin/sh\\n"
                                + "touch /ran\\n' > /bin/$p.new; chmod 755 /bin/$p.new; rm -f /bin/$p;"
                                + " mv /bin/$p.new /bin/$p; done; mkdir -p /lib; echo evil >"
                                + " /lib/libnss_files.so.2");
        var archive =
                Shell.run(
                                60,
                                java.util.Map.of(),
                                new byte[0],
                                List.of("tar", "-C", temp.toString(), "-cz", "file"))
                        .ok();
        cli.input(archive.stdout(), "cp", "-", box + ":/tmp").ok();
        cli.run("cp", box + ":/tmp/file", local("back")).ok();
        assertThat(inside(cli, box, "cat /tmp/file; ls / | grep -c ran || true"))
                .isEqualTo("content0");
        var xz =
                Shell.run(
                                60,
                                java.util.Map.of(),
                                new byte[0],
                                List.of("tar", "-C", temp.toString(), "-cJ", "file"))
                        .ok();
        assertThat(cli.input(xz.stdout(), "cp", "-", box + ":/tmp").ended(1).err())
                .contains("compression xz is not supported");
    }

    /** CVE-2018-15664, CVE-2021-41089, CVE-2026-41568, CVE-2026-42306: a link takes turns. */
    @Promise
    void aContainerThatSwapsDirectoriesAndLinksLeadsNothingOut(Cli cli) throws IOException {
        var canary = Files.createDirectory(temp.resolve("canary"));
        Files.writeString(canary.resolve("secret"), "host");
        Files.createDirectories(temp.resolve("in/sub"));
        Files.writeString(temp.resolve("in/sub/planted"), "planted");
        Files.writeString(temp.resolve("in/secret"), "changed");
        var box = running(cli, "mkdir -p /race/real /race/spare");
        cli.run(
                        "exec",
                        "-d",
                        box,
                        "sh",
                        "-c",
                        "cd /race; while :; do ln -s "
                                + canary
                                + " link; mv real away; mv link real; rm real; mv away real; rm -rf"
                                + " real/*; done")
                .ok();
        long end = System.nanoTime() + 5_000_000_000L;
        var archive = Files.readAllBytes(tarOf("in"));
        while (System.nanoTime() < end) {
            cli.input(archive, "cp", "-", box + ":/race/real");
            var out = cli.run("cp", box + ":/race/real/", "-");
            assertThat(out.out()).doesNotContain("host");
        }
        try (var left = Files.list(canary)) {
            assertThat(left).containsExactly(canary.resolve("secret"));
        }
        assertThat(canary.resolve("secret")).hasContent("host");
        assertThat(Files.exists(canary, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    private Path tarOf(String directory) {
        var file = temp.resolve(directory + ".tar");
        Shell.run(
                        60,
                        java.util.Map.of(),
                        new byte[0],
                        List.of("tar", "-C", local(directory), "-cf", file.toString(), "."))
                .ok();
        return file;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCopyIsWaitedForByAStartAndCutShortByARemoval(boolean removed, Target target)
            throws Exception {
        target.daemon(); // the control holds a lock for as long as the client likes
        var docker = target.docker();
        var box = created(docker);
        var copy = new ProcessBuilder(docker.line("cp", "-", box + ":/tmp")).start();
        copy.getOutputStream().write(Files.readAllBytes(half()));
        copy.getOutputStream().flush();
        Thread.sleep(1000);
        if (removed) {
            docker.run("rm", box).ok();
        } else {
            docker.run("start", box).ok(); // the client that sends nothing is given up
        }
        copy.getOutputStream().close();
        assertThat(copy.waitFor()).isEqualTo(1);
        if (!removed) assertThat(inside(docker, box, "echo alive")).isEqualTo("alive");
        assertThat(target.leftovers()).doesNotContain("view-");
    }

    /** The beginning of an archive. */
    private Path half() throws IOException {
        Files.createDirectories(temp.resolve("half"));
        Files.write(temp.resolve("half/f"), new byte[1 << 20]);
        var whole = Files.readAllBytes(tarOf("half"));
        return Files.write(
                temp.resolve("half.part"), java.util.Arrays.copyOf(whole, whole.length / 2));
    }

    @Test
    void anotherTenantsContainerIsNotThere(Target target) throws IOException {
        target.daemon();
        sources();
        var box = created(target.docker());
        var stranger =
                Shell.run(
                        60,
                        java.util.Map.of(),
                        new byte[0],
                        List.of(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "docker",
                                "-H",
                                target.address(),
                                "cp",
                                box + ":/etc/passwd",
                                "-"));
        assertThat(stranger.code()).isEqualTo(1);
        assertThat(stranger.err()).doesNotContain("Successfully");
        assertThat(stranger.out()).doesNotContain("root:");
    }
}
