package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Dockerfile says, the image is: steps, stages, arguments, configuration. */
@SystemTest
class BuildTest {
    private static final String FACTS =
            "grep -E '^(Cap|Seccomp|NoNewPrivs)' /proc/self/status; cat /proc/1/comm; id";

    @TempDir Path context;
    private DockerBuild build;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.CONFIGURED);
    }

    @BeforeEach
    void build(Target target) {
        build = new DockerBuild(target.docker(), context);
    }

    @AfterAll
    static void clean(Target target) {
        DockerBuild.clean(target.docker());
    }

    private static String config(Cli docker, String image, String field) {
        return docker.inspectImage(image).at("/Config/" + field).toString();
    }

    /** The first id on the host, of each line of a uid_map. */
    private static Stream<Long> firstIds(String said) {
        return said.lines()
                .map(line -> line.strip().split(" +", -1))
                .filter(words -> words.length == 3 && words[0].equals("0"))
                .map(words -> Long.parseLong(words[1]));
    }

    @Test
    void everyStepHasIdsOfItsOwnThatAreNobodysOnTheHost() {
        var said =
                build.says(
                        DockerBuild.BUSYBOX
                                + "RUN cat /proc/self/uid_map /proc/self/gid_map\n"
                                + "RUN cat /proc/self/uid_map; : again\n");
        assertThat(firstIds(said).toList()).hasSize(3).allMatch(id -> id >= 65536);
    }

    @Test
    void aStepHasNoMoreThanAnyOtherContainer(Target target) {
        var run = target.docker().prints(TestImage.BUSYBOX, "sh", "-c", FACTS);
        assertThat(run).contains("Seccomp:\t2", "CapAmb:\t0000000000000000");
        assertThat(build.says(DockerBuild.BUSYBOX + "RUN " + FACTS + "\n")).contains(run);
        assertThat(build.fails(DockerBuild.BUSYBOX + "RUN --security=insecure id\n"))
                .contains("no step of a build is privileged");
    }

    @Test
    void stagesThatAreNotNeededAreNotBuilt() {
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS first\nRUN echo 1 > /one\n"
                        + DockerBuild.BUSYBOX.strip()
                        + " AS unneeded\nRUN echo not this; false\n"
                        + DockerBuild.BUSYBOX.strip()
                        + " AS third\nRUN echo 3 > /three\n"
                        + "FROM FIRST\nCOPY --from=Third /three /\nCOPY --from=0 /one /copy\n"
                        + "COPY --from=2 /three /copy3\n"
                        + ("COPY --from=" + TestImage.CONFIGURED.tag() + " /etc/group /group\n");
        var said = build.says(dockerfile);
        assertThat(said).doesNotContain("not this").contains("Step 1/9");
        var image = build.image(dockerfile);
        assertThat(build.inside(image, "cat /one /three /copy /copy3; head -1 /group"))
                .isEqualTo("1\n3\n1\n3\nroot:x:0:");
        assertThat(build.fails(dockerfile, "--target", "unneeded")).contains("returned a non-zero");
    }

    @Test
    void aTargetIsAStageByNameOrNumber() {
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS tools\nENV STAGE=0\nFROM tools AS next\nENV STAGE=1\n"
                        + "FROM next\nRUN false\n";
        assertThat(build.inside(build.image(dockerfile, "--target", "TOOLS"), "echo $STAGE"))
                .isEqualTo("0");
        assertThat(build.inside(build.image(dockerfile, "--target", "1"), "echo $STAGE"))
                .isEqualTo("1");
        assertThat(build.fails(dockerfile, "--target", "other"))
                .contains("there is no stage other");
    }

    @Test
    void triggersOfAnImageAreDoneByTheNextBuildAndNoOther(Target target) {
        var tag = "rbt/onbuild:x";
        build.file("f", "of the child");
        build.says(
                DockerBuild.BUSYBOX
                        + "ONBUILD COPY f /f\nONBUILD RUN cp /f /g\nRUN echo base > /b\n",
                "-t",
                tag);
        assertThat(config(target.docker(), tag, "OnBuild"))
                .isEqualTo("[\"COPY f /f\",\"RUN cp /f /g\"]");
        var said = build.says("FROM " + tag + "\nRUN cat /g\n", "-t", "rbt/onbuild:y");
        assertThat(said).contains("build trigger", "of the child");
        assertThat(build.prints("FROM rbt/onbuild:y\nRUN rm /f\n", "cat /g; ls /f 2>&1 || true"))
                .contains("of the child", "No such file");
        target.docker().run("rmi", tag, "rbt/onbuild:y").ok();
    }

    @Test
    void argumentsAreKnownWhereTheyAreDeclared() {
        var dockerfile =
                """
                ARG BASE=nosuch
                ARG GLOBAL=global
                FROM ${BASE} AS a
                RUN echo 1 [$GLOBAL] [$OWN] [$TARGETARCH]
                ARG GLOBAL
                ARG OWN=own
                ARG TARGETARCH
                RUN echo 2 [$GLOBAL] [$OWN] [$TARGETARCH]
                ENV OWN=env
                RUN echo 3 [$OWN]
                FROM a
                RUN echo 4 [$GLOBAL] [$OWN]
                ARG LATE=${GLOBAL:+late}${OWN%v}
                RUN echo 5 [$LATE]
                """;
        var said =
                build.says(
                        dockerfile,
                        "--build-arg",
                        "BASE=" + TestImage.BUSYBOX.tag(),
                        "--build-arg",
                        "OWN=given",
                        "--build-arg",
                        "UNUSED=1");
        assertThat(said)
                .contains(
                        "1 [] [] []\n",
                        "2 [global] [given] [amd64]\n",
                        "3 [env]\n",
                        "4 [global] [env]\n",
                        "5 [lateen]\n",
                        "One or more build-args [UNUSED] were not consumed");
    }

    @Test
    void proxiesAreKnownToStepsAndToNothingThatStays(Target target) {
        var proxy = "http://user:password@proxy.example:3128";
        var tag = "rbt/proxied:x";
        var dockerfile = DockerBuild.BUSYBOX + "RUN echo through $HTTP_PROXY; env > /dev/null\n";
        var said = build.says(dockerfile, "-t", tag, "--build-arg", "HTTP_PROXY=" + proxy);
        assertThat(said).contains("through " + proxy);
        var docker = target.docker();
        assertThat(docker.run("history", "--no-trunc", tag).ok().out()).doesNotContain("password");
        assertThat(docker.inspectImage(tag).toString()).doesNotContain("password");
        assertThat(build.says(dockerfile, "--build-arg", "HTTP_PROXY=http://other"))
                .contains("Using cache");
        docker.run("rmi", tag).ok();
    }

    @Test
    void theConfigurationIsWhatTheInstructionsSay(Target target) {
        var image =
                build.image(
                        DockerBuild.BUSYBOX
                                + "# escape in a comment \\\nMAINTAINER Ann\n"
                                + "ENV A=1 B=\"two words\" C=${A}3\nENV OLD the rest of it\n"
                                + "LABEL a.b=c \"d e\"=$B\nEXPOSE 80 53/udp\nVOLUME /v [\"/w\"]\n"
                                + "USER alice:staff\nWORKDIR /a\nWORKDIR ../b\nSTOPSIGNAL 9\n"
                                + "SHELL [\"/bin/sh\", \"-ec\"]\n"
                                + "HEALTHCHECK --interval=5s --retries=2 CMD test -e /etc\n"
                                + "ENTRYPOINT echo entry\nCMD [\"one\", \"two\"]\n",
                        "--label",
                        "from=outside");
        var docker = target.docker();
        assertThat(config(docker, image, "Env"))
                .contains("\"A=1\",\"B=two words\",\"C=3\",\"OLD=the rest of it\"");
        assertThat(config(docker, image, "Labels"))
                .isEqualTo("{\"a.b\":\"c\",\"d e\":\"two words\",\"from\":\"outside\"}");
        assertThat(config(docker, image, "ExposedPorts"))
                .isEqualTo("{\"53/udp\":{},\"80/tcp\":{}}");
        assertThat(config(docker, image, "User")).isEqualTo("\"alice:staff\"");
        assertThat(config(docker, image, "WorkingDir")).isEqualTo("\"/b\"");
        assertThat(config(docker, image, "StopSignal")).isEqualTo("\"9\"");
        assertThat(config(docker, image, "Entrypoint"))
                .isEqualTo("[\"/bin/sh\",\"-ec\",\"echo entry\"]");
        assertThat(config(docker, image, "Cmd")).isEqualTo("[\"one\",\"two\"]");
        assertThat(config(docker, image, "Healthcheck"))
                .contains("\"CMD-SHELL\",\"test -e /etc\"", "5000000000", "\"Retries\":2");
        assertThat(docker.inspectImage(image).get("Author").asString()).isEqualTo("Ann");
    }

    @Test
    void anEntrypointForgetsTheCommandOfItsBase(Target target) {
        var docker = target.docker();
        var base = "FROM " + TestImage.CONFIGURED.tag() + "\n";
        assertThat(config(docker, build.image(base + "ENTRYPOINT [\"/bin/cat\"]\n"), "Cmd"))
                .isIn("", "null");
        assertThat(config(docker, build.image(base + "CMD true\n"), "Entrypoint"))
                .isEqualTo("[\"/bin/sh\",\"-c\"]");
    }

    @Test
    void heredocsAreScriptsAndPrograms() {
        var said =
                build.says(
                        DockerBuild.BUSYBOX
                                + "ENV N=env\nRUN <<EOF\nset -e\nN=$N-script\necho \"1 $N\"\nEOF\n"
                                + "RUN <<-'END' cat > /kept\n\tas it is $N\n\tEND\n"
                                + "RUN <<EOF\n#!/bin/awk BEGIN{print\"2\",6*7}\nEOF\n"
                                + "RUN cat /kept \\\n# a comment\n  /etc/group | \\\n\n  head -1\n"
                                + "SHELL [\"/bin/sh\", \"-xc\"]\nRUN echo 4 >&2\n"
                                + "RUN [\"echo\", \"5 $N\"]\n");
        assertThat(said).contains("1 env-script\n", "as it is $N\n", "+ echo 4\n4\n", "5 $N\n");
    }

    @Test
    void whatAStepWritesIsToldAsItComes() {
        assertThat(
                        build.says(
                                DockerBuild.BUSYBOX
                                        + "RUN echo out; echo err >&2; printf 'grün €\\n';"
                                        + " printf 'end without newline'\nRUN cat; echo closed\n"))
                .contains("out\n", "err\n", "grün €\n", "end without newline", "closed\n");
    }

    @Test
    void anImageOfNothingHasWhatIsCopied() {
        build.file("f", "content");
        var image = build.image("FROM scratch\nCOPY f /d/f\n");
        assertThat(build.layers(image)).singleElement().asString().isEqualTo("[d/, d/f]");
        var empty = build.image("FROM scratch\nLABEL a=b\nCMD [\"/none\"]\n");
        assertThat(build.layers(empty)).isEmpty();
    }

    @Test
    void quietBuildsSayTheIdOnly(Target target) {
        var said = build.says(DockerBuild.BUSYBOX + "RUN echo loud\n", "-q");
        assertThat(said).matches("sha256:[0-9a-f]{64}");
        assertThat(target.docker().inspectImage(said).get("Id").asString()).isEqualTo(said);
    }

    @Test
    void stepsHaveTheLimitsAndHostsThatAreAskedFor() {
        var said =
                build.says(
                        DockerBuild.BUSYBOX
                                + "RUN cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; cat /etc/hosts;"
                                + " ls /sys/class/net; ulimit -n\n",
                        "--memory",
                        "64m",
                        "--add-host",
                        "far:192.0.2.7",
                        "--network",
                        "none",
                        "--ulimit",
                        "nofile=77:77");
        assertThat(said)
                .contains("67108864\n", "192.0.2.7\tfar\n", "\n77\n")
                .doesNotContain("eth0");
    }

    @Test
    void theSameBuildOnTwoEnginesIsTheSameImage(Target target) throws Exception {
        build.file("d/f", "content").file("d/run", "script");
        context.resolve("d/run").toFile().setExecutable(true);
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS a\nRUN date > /dev/null; echo made > /made; rm /etc/group\n"
                        + DockerBuild.BUSYBOX
                        + "COPY d /d\nCOPY --from=a /made /m/\nWORKDIR /w\nRUN mkdir -p /w/x; "
                        + "ln /d/f /w/hard; chown 500:50 /w\nENV A=b\n";
        String[] options = {"--build-arg", "SOURCE_DATE_EPOCH=1000000000", "--no-cache"};
        var here = target.docker().inspectImage(build.image(dockerfile, options));
        assertThat(here.get("Created").asString()).startsWith("2001-09-09T01:46:40");
        try (var other = Daemon.start()) {
            var archive = context.resolve("base.tar").toString();
            target.docker().run("save", "-o", archive, TestImage.BUSYBOX.tag()).ok();
            other.docker().run("load", "-q", "-i", archive).ok();
            Daemon.pause(1100); // or the clock's second would be the same
            context.resolve("d/f").toFile().setLastModified(1_500_000_000_000L);
            var there = new DockerBuild(other.docker(), context).image(dockerfile, options);
            assertThat(other.docker().inspectImage(there).get("Id")).isEqualTo(here.get("Id"));
        }
        var times = build.inside(here.get("Id").asString(), "stat -c %Y /w /w/x /m/made /d/f");
        assertThat(times.lines())
                .hasSize(4)
                .allMatch(time -> Long.parseLong(time) <= 1_000_000_000);
    }

    @Test
    void anImageRunsAsRootInsideOrAsTheUserThatItNames() {
        assertThat(build.prints(DockerBuild.BUSYBOX, "id")).startsWith("uid=0(root) gid=0(root)");
        assertThat(build.prints(DockerBuild.BUSYBOX + "USER 1000:1000\n", "id"))
                .isEqualTo("uid=1000 gid=1000 groups=1000");
    }

    @Test
    void buildxBuildIsAccepted(Target target) throws Exception {
        target.daemon();
        var rootbound = target.clients().getLast();
        Files.writeString(
                context.resolve("rtfm.dockerfile"), DockerBuild.BUSYBOX + "USER 1000:1000\n");
        var file = context.resolve("rtfm.dockerfile").toString();
        rootbound
                .run("buildx", "build", "-f", file, "-t", "rtfm/rootless", context.toString())
                .ok();
        assertThat(rootbound.run("run", "--rm", "rtfm/rootless", "id").ok().out())
                .isEqualTo("uid=1000 gid=1000 groups=1000");
        rootbound.run("rmi", "rtfm/rootless").ok();
    }

    @Test
    void anImagePreparedForAnyIdWorksWithEachInsideTheMap(Target target) {
        var image =
                build.image(
                        DockerBuild.BUSYBOX
                                + "RUN mkdir /app && echo x > /app/data"
                                + " && chgrp -R 0 /app && chmod -R g=u /app\nUSER 1001\n");
        var docker = target.docker();
        String[] script = {"sh", "-c", "echo more >> /app/data && touch /app/new && id -u"};
        for (var user : List.of("64123:0", "65535:0"))
            assertThat(
                            docker.run(
                                            "run", "--rm", "-u", user, image, script[0], script[1],
                                            script[2])
                                    .ok()
                                    .out())
                    .isEqualTo(user.replace(":0", ""));
        assertThat(docker.run("run", "--rm", "-u", "1000640000:0", image, "true").ended(125).err())
                .contains("65535");
    }
}
