package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Builds that fail or are given up say why, where, and leave nothing; secrets stay secret. */
@SystemTest
class BuildTroubleTest {
    private static final String SECRET = "rbt-s3cret-7c1f";

    @TempDir Path context;
    private DockerBuild build;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @BeforeEach
    void build(Target target) {
        DockerBuild.clean(target.docker());
        build = new DockerBuild(target.docker(), context);
    }

    @AfterAll
    static void clean(Target target) {
        DockerBuild.clean(target.docker());
    }

    /** Containers, volumes, and files of builds. */
    private static void expectNothingLeft(Target target) throws IOException {
        var docker = target.docker();
        assertThat(docker.run("ps", "-aq").ok().out()).isEmpty();
        assertThat(docker.run("volume", "ls", "-q").ok().out()).isEmpty();
        try (var files = Files.list(target.store().resolve("build"))) {
            assertThat(files).isEmpty();
        }
        assertThat(target.leftovers()).doesNotContain("/overlay", "conmon");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    RUN echo before; exit 7              | returned a non-zero code: 7
                    RUN ["/nosuch"]                      | /nosuch
                    COPY nosuch /                        | nosuch: file not found in build context
                    COPY no* /                           | no*: file not found in build context
                    COPY --chown=nosuch f /              | unable to find user nosuch
                    COPY --chmod=rwx f /                 | a mode such as 755
                    USER nosuch~RUN true                 | unable to find user nosuch
                    USER 4294967296~RUN true             | uids and gids must be in range
                    ADD http://localhost:1/f /           | ADD http://localhost:1/f: connection refused
                    COPY --from=localhost:1/no:1 / /     | localhost:1
                    COPY --from=Bad:::name / /           | invalid reference format
                    RUN --mount=type=secret,id=s,required id | secret s is required
                    RUN --mount=type=bind,source=no,target=/m id | no: file not found in build context
                    RUN --mount=type=bind,from=localhost:1/no,target=/m id | localhost:1
                    RUN --mount=type=bind,target=/m,propagation=shared id | is no option of a mount
                    RUN --mount=type=tmpfs id            | target
                    RUN --nosuch=1 id                    | Dockerfile:2:5
                    RUNN id                              | Dockerfile:2:1: unknown instruction: RUNN (did you mean RUN?)
                    COPY f                               | Dockerfile:2:1
                    FROM                                 | Dockerfile:2:1
                    ENV A                                | Dockerfile:2:
                    EXPOSE no                            | no
                    COPY --from=0 /f /                   | a stage cannot copy from itself
                    WORKDIR /etc/passwd/x                | /etc/passwd
                    """)
    void whatIsWrongIsSaidAndNothingIsLeft(String instructions, String expected, Target target)
            throws IOException {
        build.file("f", "f");
        var dockerfile = DockerBuild.BUSYBOX + instructions.replace("~", "\n") + "\n";
        assertThat(build.fails(dockerfile)).contains(expected).doesNotContain("Exception");
        expectNothingLeft(target);
    }

    @Test
    void aSmallDockerfileWithALargeHistoryIsRefused() {
        var large = "ARG A=" + "x".repeat(1000) + "\nENV B=" + "$A".repeat(1000) + "\n";
        assertThat(build.fails(DockerBuild.BUSYBOX + large + "LABEL c=$B\n".repeat(2000)))
                .contains("the image's history has more than 4194304 characters");
        var stages = new StringBuilder("FROM scratch AS s0\n");
        for (int i = 1; i <= 1000; i++) stages.append("FROM s" + (i - 1) + " AS s" + i + "\n");
        assertThat(build.fails(stages.toString())).contains("1001 stages", "the limit is 1000");
    }

    @Test
    void theExitCodeIsTheStepsOwn() {
        assertThat(build.tries(DockerBuild.BUSYBOX + "RUN exit 42\n").code()).isEqualTo(42);
    }

    @Test
    void theLineThatIsWrongIsShown() {
        assertThat(build.fails("# syntax=docker/dockerfile:1\n\nFROM scratch\n  COPPY a b\n"))
                .contains(
                        "Dockerfile:4:3: unknown instruction: COPPY", " 4 |   COPPY a b", "^^^^^");
        assertThat(build.fails("")).contains("FROM is expected");
        assertThat(build.fails("RUN x\n")).contains("only ARG can come before FROM");
        assertThat(
                        build.fails(
                                """
                                FROM scratch AS a
                                COPY --from=b / /
                                FROM scratch AS b
                                COPY --from=a / /
                                """))
                .contains("Dockerfile:2:13: only an earlier stage can be copied from");
        assertThat(build.fails("FROM $NONE\n")).contains("NONE");
    }

    @Test
    void aBuildWhoseClientIsKilledEnds(Target target) throws Exception {
        var client =
                build.start(
                        DockerBuild.BUSYBOX
                                + "RUN --mount=type=cache,target=/c --mount=type=bind,target=/b"
                                + " echo started; sleep 9876\n",
                        context.resolve("log"));
        RestartTest.await(() -> Shell.run("pgrep", "-fx", "sleep 9876").code() == 0);
        client.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        RestartTest.await(() -> Shell.run("pgrep", "-fx", "sleep 9876").code() != 0);
        var docker = target.docker();
        RestartTest.await(() -> docker.run("ps", "-aq").ok().out().isEmpty());
        docker.run("builder", "prune", "-af").ok(); // the cache mount
        expectNothingLeft(target);
    }

    @Test
    void aContextThatEndsEarlyIsRefused(Target target) throws IOException {
        var whole = BuildContext.tar(Map.of("Dockerfile", "FROM scratch\n", "f", "x".repeat(9000)));
        var cut = java.util.Arrays.copyOf(whole, 5000);
        assertThat(build.archive(cut).ended(1).err()).contains("the archive ends at offset 5000");
        var noise = "FROM scratch\n".repeat(100).getBytes(UTF_8);
        var said = target.daemon().api().ask("POST", "/build", "application/x-tar", noise);
        assertThat(said.text()).contains("tar entry at offset 0").doesNotContain("Successfully");
        expectNothingLeft(target);
    }

    @Test
    void secretsReachTheStepAndNothingElse(Target target) throws Exception {
        var dockerfile =
                DockerBuild.BUSYBOX
                        + "RUN --mount=type=secret,id=key wc -c < /run/secrets/key; stat -c %a"
                        + " /run/secrets/key; df -P / > /dev/null\n"
                        + "RUN --mount=type=secret,id=key,target=/etc/key,mode=0440,uid=500 cp"
                        + " /etc/key /tmp/key; rm /tmp/key; stat -c '%u %a' /etc/key\n"
                        + "RUN --mount=type=secret,id=key,env=KEY test ${#KEY} = 15 && echo known\n"
                        + "RUN ls /run/secrets /etc/key 2>&1 || true; echo [$KEY]\n";
        var begin = Instant.now().toString();
        var answer = secretly(target, "/build?t=rbt/secret:x&", dockerfile);
        assertThat(answer)
                .contains(
                        "15\\n",
                        "400\\n",
                        "500 440\\n",
                        "known\\n",
                        "[]\\n",
                        "Successfully tagged");
        assertThat(secretly(target, "/build?", dockerfile)).contains("Using cache");
        var docker = target.docker();
        assertThat(docker.run("history", "--no-trunc", "rbt/secret:x").ok().out())
                .contains("wc -c")
                .doesNotContain(SECRET);
        var told = docker.run("events", "--since", begin, "--until", Instant.now().toString());
        assertThat(
                        List.of(
                                answer,
                                told.ok().out(),
                                docker.inspectImage("rbt/secret:x").toString(),
                                target.daemon().log()))
                .noneMatch(text -> text.contains(SECRET));
        for (var text : List.of(SECRET, Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8))))
            assertThat(
                            Shell.run("grep", "-rlF", text, target.store().resolve("..").toString())
                                    .out())
                    .isEmpty();
        assertThat(build.layers("rbt/secret:x").toString())
                .doesNotContain("run/secrets", "etc/key", "tmp/key");
        docker.run("rmi", "rbt/secret:x").ok();
        expectNothingLeft(target);
    }

    private static String secretly(Target target, String path, String dockerfile)
            throws IOException {
        var secret = Base64.getEncoder().encodeToString(SECRET.getBytes(UTF_8));
        var json = ("{\"key\":\"" + secret + "\"}").getBytes(UTF_8);
        var body = new ByteArrayOutputStream();
        body.write(json);
        body.write(BuildContext.tar(Map.of("Dockerfile", dockerfile)));
        var asked = path + "secrets=" + json.length;
        return target.daemon()
                .api()
                .ask("POST", asked, "application/x-tar", body.toByteArray())
                .good()
                .text();
    }
}
