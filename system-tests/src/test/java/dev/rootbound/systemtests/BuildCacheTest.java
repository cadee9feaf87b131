package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which steps of a build are found in the cache, and whose. */
@SystemTest
class BuildCacheTest {
    private static final String COPIES =
            DockerBuild.BUSYBOX
                    + "RUN echo first > /1\nCOPY f /f\nRUN echo second > /2\nCOPY g /g\n"
                    + "RUN echo third > /3\n";

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
        build.file("f", "f").file("g", "g").file("h", "not copied");
    }

    @AfterAll
    static void clean(Target target) {
        DockerBuild.clean(target.docker());
    }

    /** The steps that are not found, by the first words of their instructions. */
    private List<String> done(String dockerfile, String... options) {
        var steps = List.of(build.says(dockerfile, options).split("Step \\d+/\\d+ : ", -1));
        return steps.stream()
                .filter(step -> step.matches("(?s)(RUN|COPY|ADD|WORKDIR) .*"))
                .filter(step -> !step.contains("Using cache"))
                .map(step -> step.lines().findFirst().orElseThrow())
                .toList();
    }

    @Test
    void theSameBuildIsFoundWhole() throws IOException {
        assertThat(done(COPIES)).hasSize(5);
        var image = build.image(COPIES);
        assertThat(done(COPIES)).isEmpty();
        assertThat(context.resolve("f").toFile().setLastModified(1_000_000_000_000L)).isTrue();
        assertThat(done(COPIES)).as("touched only").isEmpty();
        build.file("h", "changed");
        assertThat(done(COPIES)).as("of what is not copied").isEmpty();
        assertThat(build.image(COPIES)).isEqualTo(image);
    }

    @Test
    void whatChangesIsDoneAgainAndAllAfterIt() {
        done(COPIES);
        build.file("g", "changed");
        assertThat(done(COPIES)).containsExactly("COPY g /g", "RUN echo third > /3");
        build.file("g", "g");
        assertThat(done(COPIES)).as("as it was before").isEmpty();
        assertThat(context.resolve("f").toFile().setExecutable(true)).isTrue();
        assertThat(done(COPIES)).as("another mode").hasSize(4);
        assertThat(done(COPIES.replace("second", "2nd"))).hasSize(3);
        assertThat(done(COPIES.replace("COPY g /g", "COPY g /g2"))).hasSize(2);
        assertThat(done(COPIES, "--no-cache")).hasSize(5);
        assertThat(done(COPIES)).isEmpty();
    }

    @Test
    void whatAStepSeesTellsItFromOthers() {
        var dockerfile = DockerBuild.BUSYBOX + "ARG A=1\nENV B=1\nUSER root\nRUN echo x > /x\n";
        assertThat(done(dockerfile)).hasSize(1);
        assertThat(done(dockerfile, "--build-arg", "A=2")).hasSize(1);
        assertThat(done(dockerfile.replace("B=1", "B=2"))).hasSize(1);
        assertThat(done(dockerfile.replace("USER root", "USER 0"))).hasSize(1);
        assertThat(done(dockerfile.replace("USER root", "LABEL a=b"))).hasSizeLessThan(2);
        assertThat(done(dockerfile, "--add-host", "a:10.0.0.1")).hasSize(1);
        assertThat(done(dockerfile, "--network", "none")).hasSize(1);
        assertThat(done(dockerfile, "--network", "default")).isEmpty();
        assertThat(done(dockerfile)).isEmpty();
        var mounted = DockerBuild.BUSYBOX + "RUN --mount=type=bind,target=/m,source=f cat /m\n";
        assertThat(done(mounted)).hasSize(1);
        assertThat(done(mounted)).isEmpty();
        build.file("f", "changed");
        assertThat(done(mounted)).hasSize(1);
    }

    /** One name is the other's without what means the usual network. */
    @Test
    void networksOfSimilarNamesAreOthersToAStep(Target target) {
        var dockerfile = DockerBuild.BUSYBOX + "RUN echo y > /y\n";
        target.docker().run("network", "create", "near").ok();
        target.docker().run("network", "create", "neardefault").ok();
        assertThat(done(dockerfile, "--network", "near")).hasSize(1);
        assertThat(done(dockerfile, "--network", "neardefault")).hasSize(1);
        assertThat(done(dockerfile, "--network", "near")).isEmpty();
        target.docker().run("network", "rm", "near", "neardefault").ok();
    }

    @Test
    void stagesAreTheSameToWhoCopiesFromThemIfTheirFilesAre() {
        var dockerfile =
                DockerBuild.BUSYBOX.strip()
                        + " AS a\nCOPY g /g\nRUN wc -c < /g > /size\n"
                        + DockerBuild.BUSYBOX
                        + "COPY --from=a /size /size\nRUN cat /size\n";
        assertThat(done(dockerfile)).hasSize(4);
        build.file("g", "h"); // as long as before
        assertThat(done(dockerfile)).containsExactly("COPY g /g", "RUN wc -c < /g > /size");
    }

    @Test
    void aCacheThatIsPrunedIsGoneAndImagesStay(Target target) {
        build.says(COPIES, "-t", "rbt/pruned:x");
        var docker = target.docker();
        assertThat(docker.run("system", "df", "-v").ok().out()).contains(" regular ");
        assertThat(docker.run("builder", "prune", "-af").ok().out()).contains("Total");
        assertThat(docker.run("system", "df", "-v").ok().out()).doesNotContain(" regular ");
        assertThat(build.inside("rbt/pruned:x", "cat /1 /2 /3")).isEqualTo("first\nsecond\nthird");
        assertThat(done(COPIES)).hasSize(5);
        docker.run("rmi", "rbt/pruned:x").ok();
        assertThat(done(COPIES)).as("an image that is removed").isEmpty();
    }

    /** Each makes another layer by the same key, and the later has the key. */
    @Test
    void stagesThatDoTheSameAtTheSameTimeDoNotTakeEachOthersFiles(Target target) {
        var random = "RUN sleep 1; head -c 8 /dev/urandom | md5sum > /x\n";
        var stage = DockerBuild.BUSYBOX.strip() + " AS %s\n" + random + "RUN sleep %s\n";
        var dockerfile =
                stage.formatted("a", "2")
                        + stage.formatted("b", "1")
                        + "FROM scratch\nCOPY --from=a /x /a\nCOPY --from=b /x /b\n";
        build.says(dockerfile, "--no-cache");
        build.says(dockerfile);
        assertThat(done(dockerfile)).isEmpty();
    }

    @Test
    void ofStepsThatAreDoneAgainTheLastStays(Target target) {
        var dockerfile = DockerBuild.BUSYBOX + "RUN head -c 8 /dev/urandom | md5sum > /x\n";
        for (int i = 0; i < 3; i++) build.says(dockerfile, "--no-cache");
        var cache = target.docker().run("system", "df", "-v").ok().out();
        assertThat(cache.lines().filter(line -> line.contains(" regular "))).hasSize(1);
        assertThat(done(dockerfile)).isEmpty();
    }

    @Test
    void aCacheThatIsMountedTwiceIsLockedOnce() {
        var cache = "--mount=type=cache,id=twice,sharing=locked,target=";
        var run = "RUN " + cache + "/a " + cache + "/b touch /a/x && ls /b/x\n";
        assertThat(build.says(DockerBuild.BUSYBOX + run)).contains("/b/x");
    }

    @Test
    void whatFailedIsNotFoundAndWhatWasBeforeIt() {
        var dockerfile = DockerBuild.BUSYBOX + "RUN echo good > /1\nRUN echo bad > /2; exit 3\n";
        assertThat(build.fails(dockerfile)).contains("non-zero code: 3");
        var again = build.tries(dockerfile);
        assertThat(again.code()).isEqualTo(3);
        assertThat(again.out()).containsOnlyOnce("Using cache");
    }

    @Test
    void anotherTenantsCacheIsNotFound(Target target) throws IOException {
        var daemon = target.daemon();
        var dockerfile = "FROM scratch\nCOPY f /secret\n";
        var context = BuildContext.tar(Map.of("Dockerfile", dockerfile, "f", "theirs"));
        try (var users = new TestUsers(daemon, 2)) {
            for (int user = 0; user < 2; user++) {
                var own = new DockerBuild(users.docker(user), this.context);
                assertThat(own.archive(context).ok().out()).doesNotContain("Using cache");
                assertThat(own.archive(context).ok().out()).contains("Using cache");
            }
            var stranger = users.docker(1);
            stranger.run("builder", "prune", "-af").ok();
            var first = new DockerBuild(users.docker(0), this.context);
            assertThat(first.archive(context).ok().out()).contains("Using cache");
        }
    }
}
