package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --cache-to} and {@code --cache-from}: what one engine has built, another need not. */
@SystemTest
class SharedCacheTest {
    private static final String DOCKERFILE =
            DockerBuild.BUSYBOX.strip()
                    + " AS tools\nRUN head -c 8 /dev/urandom | md5sum > /tool; echo R''AN tool\n"
                    + DockerBuild.BUSYBOX
                    + "WORKDIR /work\nCOPY f /f\nCOPY --from=tools /tool /copied\n"
                    + "RUN head -c 8 /dev/urandom | md5sum > /x; echo R''AN x\n";

    private static Daemon other;
    private static TestRegistry registry;

    @TempDir Path directory;

    @BeforeAll
    static void start(Target target) {
        target.load(TestImage.BUSYBOX);
        other = Daemon.start();
        // the same base: keys begin with its id
        var base = target.docker().run("save", TestImage.BUSYBOX.tag()).ok().stdout();
        other.docker().input(base, "load", "-q").ok();
        registry = TestRegistry.open();
    }

    @AfterAll
    static void stop(Target target) {
        registry.close();
        other.close();
        DockerBuild.clean(target.docker());
    }

    @BeforeEach
    void clean(Target target) throws IOException {
        DockerBuild.clean(target.docker());
        DockerBuild.clean(other.docker());
        Files.createDirectories(directory.resolve("context"));
        Files.writeString(directory.resolve("context/Dockerfile"), DOCKERFILE);
        Files.writeString(directory.resolve("context/f"), "f");
    }

    private Result tries(String address, String... options) {
        var line = new ArrayList<>(List.of(Shell.CHECKOUT + "/rootbound", "-H", address, "build"));
        line.addAll(
                List.of("--progress", "plain", "--iidfile", directory.resolve("id").toString()));
        line.addAll(List.of(options));
        line.add(directory.resolve("context").toString());
        return Shell.run(line.toArray(String[]::new));
    }

    private String says(String address, String... options) {
        return tries(address, options).ok().err();
    }

    private String id() throws IOException {
        return Files.readString(directory.resolve("id"));
    }

    private String local() {
        return directory.resolve("cache").toString();
    }

    private void assertShared(Target target, String to, String from) throws IOException {
        assertThat(says(target.address(), "--cache-to", to)).contains("RAN tool", "RAN x");
        var built = id();
        assertThat(says(other.address(), "--cache-from", from)).doesNotContain("RAN ", "Warning");
        assertThat(id()).isEqualTo(built);
        assertThat(says(other.address())).as("its own now").doesNotContain("RAN ");
    }

    @Test
    void anotherEngineTakesAllStepsFromARegistry(Target target) throws IOException {
        var name = registry.image("cache:max");
        assertShared(target, "type=registry,mode=max,ref=" + name, "type=registry,ref=" + name);
        DockerBuild.clean(other.docker());
        assertThat(says(other.address(), "--cache-from", name)).doesNotContain("RAN ");
    }

    @Test
    void anotherEngineTakesAllStepsFromADirectory(Target target) throws IOException {
        assertShared(target, "type=local,mode=max,dest=" + local(), "type=local,src=" + local());
        var before = blobs();
        says(target.address(), "--cache-to", "type=local,mode=max,dest=" + local());
        assertThat(blobs()).as("the same steps").isEqualTo(before);
        says(target.address(), "--cache-to", "type=local,dest=" + local());
        assertThat(blobs()).as("what is not named any more is gone").hasSizeLessThan(before.size());
    }

    private List<String> blobs() throws IOException {
        try (var all = Files.list(Path.of(local(), "blobs/sha256"))) {
            return all.map(blob -> blob.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theLeastThatIsKeptIsWhatTheResultIsMadeOf(Target target) {
        says(target.address(), "--cache-to", "type=local,dest=" + local());
        var said = says(other.address(), "--cache-from", "type=local,src=" + local());
        assertThat(said).contains("RAN tool").contains("CACHED");
    }

    @Test
    void aCacheThatIsNotThereOrBadIsAWarning(Target target) throws IOException {
        var missing = registry.image("nothing:1");
        var said = says(other.address(), "--cache-from", missing, "--cache-from", "localhost:1/x");
        assertThat(said).contains("cache " + missing, "cache localhost:1/x", "RAN tool", "RAN x");
        DockerBuild.clean(other.docker());
        said = says(other.address(), "--cache-from", "type=local,src=" + local());
        assertThat(said).contains("there is no build cache in", "RAN x");

        says(target.address(), "--cache-to", "type=local,mode=max,dest=" + local());
        for (var blob : blobs()) Files.writeString(Path.of(local(), "blobs/sha256", blob), "bad");
        DockerBuild.clean(other.docker());
        said = says(other.address(), "--cache-from", "type=local,src=" + local());
        assertThat(said).contains("cache in a directory: ", "RAN x");
    }

    @Test
    void aDirectoryOfSomethingElseIsLeftAlone(Target target) throws IOException {
        var mine = Files.createDirectories(Path.of(local())).resolve("index.json");
        Files.writeString(mine, "{\"mine\":1}");
        var refused = tries(target.address(), "--cache-to", "type=local,dest=" + local()).ended(1);
        assertThat(refused.err()).contains("has other files").doesNotContain("RAN");
        assertThat(mine).content().isEqualTo("{\"mine\":1}");
    }
}
