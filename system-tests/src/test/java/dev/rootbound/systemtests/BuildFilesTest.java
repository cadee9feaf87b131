package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files COPY, ADD, WORKDIR and mounts of RUN bring, where to, and whose they are. */
@SystemTest
class BuildFilesTest {
    @TempDir Path context;
    private DockerBuild build;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @BeforeEach
    void build(Target target) {
        build = new DockerBuild(target.docker(), context);
    }

    @AfterAll
    static void clean(Target target) {
        DockerBuild.clean(target.docker());
    }

    private String prints(String instructions, String script) {
        return build.prints(DockerBuild.BUSYBOX + instructions, script);
    }

    @Test
    void filesAndDirectoriesGoWhereTheReferenceSays() {
        build.file("a.txt", "a").file("b.txt", "b").file("c.md", "c").file("dir/x", "x");
        build.file("dir/sub/y", "y").file("dir2/x", "other").file("[odd] name", "odd");
        assertThat(
                        prints(
                                """
                                COPY *.txt /p/
                                COPY a.txt /new
                                COPY a.txt /newdir/
                                COPY dir /d
                                COPY dir/ /e/
                                COPY dir2 /d
                                COPY dir/sub a.txt /f/
                                COPY ["[[]odd] name","/o d/"]
                                COPY d*/x /g/
                                COPY [ab].??? /h/
                                COPY a.txt /h/b.txt
                                WORKDIR /w
                                COPY a.txt .
                                COPY ../a.txt ./rel
                                COPY . /all
                                """,
                                "ls /p /h; cat /new /newdir/a.txt /d/x /d/sub/y /e/x /f/y /f/a.txt"
                                        + " /o*/* /g/x /h/b.txt rel; cat a.txt; ls /all/dir"))
                .isEqualTo("/h:\na.txt\nb.txt\n\n/p:\na.txt\nb.txt\naaotheryxyaoddotheraaasub\nx");
    }

    @Test
    void linksOfTheContextAreFollowedWhereTheyAreNamedOnly() throws IOException {
        build.file("real/f", "f").file("file", "file");
        Files.createSymbolicLink(context.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(context.resolve("dirlink"), Path.of("real"));
        Files.createSymbolicLink(context.resolve("real/inner"), Path.of("../file"));
        Files.createSymbolicLink(context.resolve("absolute"), Path.of("/real/f"));
        assertThat(
                        prints(
                                """
                                COPY link /l
                                COPY dirlink /d
                                COPY dirlink/f /through
                                COPY absolute /a
                                COPY real/inner /i
                                COPY . /all
                                """,
                                "cat /l /d/f /through /a /i; for l in /d/inner /all/link /all/dirlink;"
                                        + " do readlink $l; done; test ! -L /l"))
                .isEqualTo("fileffffile../file\nfile\nreal");
    }

    @Test
    void linksOfAStageLeadWhereTheyDoThere() {
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS a\nRUN mkdir -p /real/sub; echo f > /real/sub/f; ln -s /real /abs;"
                        + " ln -s sub/f /real/rel; ln -s ../../../../real /up; echo x > /real/x;"
                        + " ln /real/x /real/y\n"
                        + DockerBuild.BUSYBOX
                        + "COPY --from=a /abs/rel /1\nCOPY --from=a /up/sub /2\n"
                        + "COPY --from=a /abs /3\nCOPY --from=a /abs/sub/* /up/../abs/x /4/\n";
        assertThat(
                        build.prints(
                                dockerfile,
                                "cat /1 /2/f /3/sub/f /4/f /4/x; readlink /3/rel; stat -c %h /3/x"))
                .isEqualTo("f\nf\nf\nf\nx\nsub/f\n2");
    }

    @Test
    void destinationsThatAreLinksLeadWhereTheyDoInTheImage() {
        build.file("f", "f").file("d/g", "g");
        assertThat(
                        prints(
                                "RUN mkdir -p /real/sub; ln -s /real /to; ln -s ../../real/sub /sub;"
                                        + " echo old > /old; ln -s /old /oldlink\n"
                                        + "COPY f /to/\nCOPY d /to\nCOPY f /to/new\nCOPY f /sub\n"
                                        + "COPY f /to/deep/er/\nWORKDIR /to\nCOPY d ./wd\n",
                                "ls -R /real; test -L /to; test -L /sub; pwd"))
                .isEqualTo(
                        "/real:\ndeep\nf\ng\nnew\nsub\nwd\n\n/real/deep:\ner\n\n/real/deep/er:\nf\n\n"
                                + "/real/sub:\nf\n\n/real/wd:\ng\n/real");
    }

    @Test
    void linksToWhatIsNotThereAreFollowedByTheirDirectoriesOnly() {
        build.file("f", "f").file("d/g", "g");
        assertThat(
                        prints(
                                """
                                RUN ln -s /data/web /srv; ln -s none /file; ln -s ../rel /etc/way
                                COPY f /srv/
                                COPY f /file
                                COPY d /etc/way
                                WORKDIR /srv/in
                                COPY d /etc/way/deep/er
                                """,
                                "find /data /rel -type f | sort; test ! -L /file; cat /file; pwd"))
                .isEqualTo("/data/web/f\n/rel/deep/er/g\n/rel/g\nf/data/web/in");
    }

    @Test
    void treesMergeWithWhatIsThereAndWithEachOther() throws IOException {
        build.file("tree/srv/new/deep/f", "1").file("tree/etc/conf/deep/f", "2");
        build.file("other/etc/conf/deep/g", "3").file("other/etc/conf/deep/f", "4");
        Files.createLink(context.resolve("tree/h"), context.resolve("tree/etc/conf/deep/f"));
        assertThat(
                        prints(
                                """
                                RUN echo who:x:1:1::/: >> /etc/passwd; mkdir -m 700 -p /usr/lib/old /etc/conf /s/etc/conf \\
                                 && ln -s usr/lib /lib && ln -s usr/lib /s/lib
                                COPY tree /
                                COPY tree/srv /lib/below
                                COPY --chown=who:9 tree other /both/
                                COPY --parents tree/./etc other/./etc/conf/deep/g /s/
                                """,
                                "cat /srv/new/deep/f /usr/lib/below/new/deep/f /etc/conf/deep/f"
                                        + " /both/etc/conf/deep/* /s/etc/conf/deep/*; echo;"
                                        + " readlink /lib; ls /usr/lib; stat -c '%u:%g %a' /etc/conf"
                                        + " /both/etc /both/etc/conf/deep/f /etc/conf/deep;"
                                        + " stat -c %h /h /both/h"))
                .isEqualTo(
                        "1124323\nusr/lib\nbelow\nold\n"
                                + "0:0 755\n1:9 755\n1:9 644\n0:0 755\n2\n1");
    }

    @Test
    void filesAreWhoseAndAsTheyAreAskedToBe() {
        build.file("d/f", "f").file("run", "#!");
        context.resolve("run").toFile().setExecutable(true, false);
        assertThat(
                        prints(
                                """
                                COPY d /1
                                COPY --chown=alice:staff d /2
                                COPY --chown=7:8 d /3
                                COPY --chown=www d /4
                                COPY --chown=9 run /5/
                                COPY --chmod=640 run /6
                                COPY --chmod=u=rwX,go= d /7
                                ARG WHO=33
                                COPY --chown=$WHO run /8
                                USER alice
                                COPY run /9
                                USER root
                                """,
                                "stat -c '%n %u:%g %a' /1/f /2 /2/f /3/f /4/f /5 /5/run /6 /7 /7/f"
                                        + " /8 /9"))
                .isEqualTo(
                        """
                        /1/f 0:0 644
                        /2 500:50 755
                        /2/f 500:50 644
                        /3/f 7:8 644
                        /4/f 33:33 644
                        /5 9:9 755
                        /5/run 9:9 755
                        /6 0:0 640
                        /7 0:0 700
                        /7/f 0:0 600
                        /8 33:33 755
                        /9 0:0 755\
                        """);
    }

    @Test
    void directoriesOnTheWayAreAsEver() {
        build.file("f", "f");
        assertThat(
                        prints(
                                "COPY --chmod=600 --chown=7:8 f /way/to/f\nCOPY --exclude=f f /none\n",
                                "stat -c '%n %u:%g %a' /way /way/to /way/to/f; ls /none 2>&1 || true"))
                .startsWith("/way 7:8 755\n/way/to 7:8 755\n/way/to/f 7:8 600\n")
                .contains("No such file");
    }

    @Test
    void parentsAreKeptAndWhatIsExcludedIsNot() {
        build.file("a/b/c.txt", "c").file("a/d.md", "d").file("e.txt", "e");
        assertThat(
                        prints(
                                """
                                COPY --parents a/b/c.txt e.txt /1/
                                COPY --parents a/./b /2/
                                COPY --parents ./*/b/*.txt /3/
                                COPY --exclude=**/*.md --exclude=e.txt . /4
                                COPY --parents --exclude=**/*.txt a /5/
                                """,
                                "for n in 1 2 3 4 5; do cd /$n; find . -type f | sort; done"))
                .isEqualTo(
                        "./a/b/c.txt\n./e.txt\n./b/c.txt\n./a/b/c.txt\n./Dockerfile\n./a/b/c.txt\n"
                                + "./a/d.md");
    }

    @Test
    void whatIsIgnoredIsNotThereButItsExceptions() throws IOException {
        var ignored =
                "# comment\n*\n!keep\n!dir\ndir/*\n!dir/kept*\ndir/kept.no\n!Dockerfile\n**/*.log\n";
        var files =
                Map.of(
                        "Dockerfile",
                        DockerBuild.BUSYBOX + "COPY . /c\n",
                        ".dockerignore",
                        ignored,
                        "keep",
                        "1",
                        "gone",
                        "2",
                        "dir/kept",
                        "3",
                        "dir/kept.no",
                        "4",
                        "dir/gone",
                        "5",
                        "dir/kept.log",
                        "6");
        files.forEach(build::file);
        var seen = "cd /c; find . -type f | grep -v ockerfile | sort";
        assertThat(build.prints(DockerBuild.BUSYBOX + "COPY . /c\n", seen))
                .isEqualTo("./dir/kept\n./keep");
        var said = build.archive(BuildContext.tar(files), "-q").ok().out(); // the engine's part
        assertThat(build.inside(said, seen)).isEqualTo("./dir/kept\n./keep");
        assertThat(build.fails(DockerBuild.BUSYBOX + "COPY gone /\n"))
                .contains("gone: file not found in build context or excluded by .dockerignore");
    }

    @Test
    void archivesAreUnpackedAndTextsWritten() {
        build.file("t/in", "in").file("t/sub/deep", "deep").file("notes.tar", "only a name");
        Shell.run(
                "sh",
                "-ec",
                "cd $0; chown 7:8 t/in; for z in '' z J; do tar -c$z -f t.tar$z t;"
                        + " done; gzip -k t/in",
                context.toString());
        assertThat(
                        prints(
                                """
                                ADD t.tar /1
                                ADD t.tarz /2/
                                ADD t.tarJ /2x/
                                COPY t.tar /3/
                                ADD t/in.gz notes.tar /4/
                                ADD --chown=33:33 t.tar /5
                                ENV WHO=me
                                COPY <<EOF <<'PLAIN' /6/
                                for $WHO
                                EOF
                                for $WHO
                                PLAIN
                                COPY --chmod=755 <<EOF /7
                                #!/bin/sh
                                EOF
                                """,
                                "cat /1/t/in /2/t/sub/deep /4/notes.tar; ls /3 /4;"
                                        + " stat -c %u:%g /1/t/in /5/t/in; cat /6/EOF /6/PLAIN;"
                                        + " stat -c %a /7"))
                .isEqualTo(
                        "indeeponly a name/3:\nt.tar\n\n/4:\nin.gz\nnotes.tar\n7:8\n33:33\n"
                                + "for me\nfor $WHO\n755");
    }

    @Test
    void repositoriesAreFetchedByNobody(@TempDir Path other) throws Exception {
        var repository = other.resolve("repository");
        Files.createDirectories(repository.resolve("sub"));
        Files.writeString(repository.resolve("sub/file"), "of git");
        Files.createSymbolicLink(repository.resolve("sub/passwd"), Path.of("/etc/passwd"));
        try (var server = new GitServer(repository)) {
            var url = server.url();
            assertThat(
                            prints(
                                    "ADD --checksum=%s %s#main:sub /sub/\nADD --keep-git-dir %s /all\n"
                                            .formatted(server.commit(), url, url),
                                    "cat /sub/file; readlink /sub/passwd; stat -c %u:%g /sub/file;"
                                            + " ls -A /all"))
                    .isEqualTo("of git/etc/passwd\n0:0\n.git\nsub");
            assertThat(build.fails(DockerBuild.BUSYBOX + "ADD --checksum=abc " + url + " /x\n"))
                    .contains("its commit is " + server.commit() + ", not abc");
            assertThat(build.fails(DockerBuild.BUSYBOX + "ADD " + url + "#none /x\n"))
                    .contains("ADD " + url, "none");
        }
        assertThat(build.fails(DockerBuild.BUSYBOX + "ADD ssh://git@127.0.0.1/x.git /x\n"))
                .contains("transport 'ssh' not allowed");
    }

    @Test
    void theEngineFetchesContextsThatAreNamedByTheirUrls(Target target, @TempDir Path other)
            throws Exception {
        var repository = Files.createDirectory(other.resolve("repository"));
        Files.writeString(repository.resolve("Dockerfile"), DockerBuild.BUSYBOX + "COPY . /r\n");
        var api = target.daemon().api();
        try (var server = new GitServer(repository)) {
            assertThat(api.post("/build?t=rbt/remote&remote=" + server.url(), "").text())
                    .contains("Successfully built");
            assertThat(build.inside("rbt/remote", "ls -A /r")).isEqualTo("Dockerfile");
        }
        try (var server = new FileServer(DockerBuild.BUSYBOX + "RUN echo text > /made\n")) {
            assertThat(api.post("/build?t=rbt/remote&remote=" + server.url(), "").text())
                    .contains("Successfully built");
            assertThat(build.inside("rbt/remote", "cat /made")).isEqualTo("text");
        }
        for (var bad : List.of("ftp://127.0.0.1/x", "/etc", "http://127.0.0.1:1/x"))
            assertThat(api.post("/build?remote=" + bad, "").text()).contains("remote " + bad);
        target.docker().run("rmi", "rbt/remote").ok();
    }

    /** One text, whatever is asked for. */
    private static final class FileServer implements AutoCloseable {
        private final HttpServer server;

        FileServer(String text) throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        var bytes = text.getBytes(StandardCharsets.UTF_8);
                        exchange.sendResponseHeaders(200, bytes.length);
                        exchange.getResponseBody().write(bytes);
                        exchange.close();
                    });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/file";
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void workingDirectoriesAreMadeForTheUser() {
        assertThat(
                        prints(
                                """
                                WORKDIR rel
                                WORKDIR ative
                                ENV D=/from/env
                                WORKDIR $D
                                USER alice
                                WORKDIR mine/too
                                RUN echo 1 > written
                                WORKDIR /etc
                                """,
                                "stat -c '%n %u:%g' /rel /rel/ative /from/env /from/env/mine"
                                        + " /from/env/mine/too/written; pwd"))
                .isEqualTo(
                        """
                        /rel 0:0
                        /rel/ative 0:0
                        /from/env 0:0
                        /from/env/mine 500:500
                        /from/env/mine/too/written 500:500
                        /etc\
                        """);
    }

    @Test
    void mountsAreThereForOneStepAndNotInTheLayer() {
        build.file("f", "of the context").file("d/g", "g");
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS a\nRUN mkdir /made; echo stage > /made/s\n"
                        + DockerBuild.BUSYBOX
                        + "RUN --mount=type=bind,target=/m/ctx --mount=type=bind,from=a,source=/made,"
                        + "target=/made --mount=type=bind,source=d,target=/w,rw --mount=type=tmpfs,"
                        + "target=/t,size=1m --mount=type=cache,target=/c,id=rbt,uid=500,mode=700 cat"
                        + " /m/ctx/f /made/s; ls /w; stat -c '%n %u %a' /c; touch /w/new /t/new"
                        + " /c/new; touch /m/ctx/new 2>&1 || true; df -k /t | tail -1\n"
                        + "RUN --mount=type=bind,source=f,target=/etc/hosts.allow cat"
                        + " /etc/hosts.allow; ls /m /w /t /c 2>&1; touch /kept\n";
        var said = build.says(dockerfile);
        assertThat(said)
                .contains("of the contextstage\n", "g\n", "/c 500 700", "Read-only file system")
                .contains("1024", "ls: /c: No such file or directory");
        var layers = build.layers(build.image(dockerfile));
        assertThat(layers).hasSize(2);
        assertThat(layers.getLast()).containsExactly("kept");
        assertThat(context.resolve("d/new")).doesNotExist();
    }

    @Test
    void mountPointsBehindLinksAreNotInTheLayer() {
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN mkdir -p /run /var; ln -s /run /var/run; ln -s ../run/deep /in\n"
                        + "RUN --mount=type=tmpfs,target=/var/run/a/b --mount=type=cache,target=/in/x"
                        + " test -d /run/a/b && test -d /run/deep/x && touch /kept\n";
        assertThat(build.layers(build.image(dockerfile)).getLast()).containsExactly("kept");
    }

    @Test
    void aCacheStaysBetweenBuildsUntilItIsPruned(Target target) {
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN --mount=type=cache,target=/cache echo x >> /cache/n; wc -l < /cache/n\n"
                        + "RUN --mount=type=cache,target=/else,id=/cache,ro cat /else/n | wc -l;"
                        + " touch /else/x 2>&1 || true\n";
        assertThat(build.says(dockerfile)).contains("\n1\n", "Read-only file system");
        assertThat(build.says(dockerfile, "--no-cache")).contains("\n2\n");
        assertThat(build.says(dockerfile)).doesNotContain("\n3\n"); // the steps are cached
        target.docker().run("builder", "prune", "-af").ok();
        assertThat(build.says(dockerfile)).contains("\n1\n");
    }

    @Test
    void whatAStepRemovesAndReplacesIsGone() {
        assertThat(
                        prints(
                                """
                                RUN mkdir /d; touch /d/a /d/b; rm -r /home; rm /etc/group
                                RUN rm -r /d; mkdir /d; touch /d/c; mkdir /home
                                RUN chmod 4711 /bin/busybox; ln -s c /d/l
                                """,
                                "ls /d /home; ls /etc/group 2>&1 || true; stat -c %a /bin/busybox"))
                .isEqualTo("/d:\nc\nl\n\n/home:\nls: /etc/group: No such file or directory\n4711");
    }
}
