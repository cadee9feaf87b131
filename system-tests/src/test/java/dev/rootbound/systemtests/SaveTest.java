package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images as files, out and in again. */
@SystemTest
class SaveTest {
    @TempDir Path directory;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.CONFIGURED);
    }

    private Path saved(Cli cli, String... names) {
        var file = directory.resolve("saved-" + String.join("", names).hashCode() + ".tar");
        var line = new java.util.ArrayList<>(java.util.List.of("save", "-o", file.toString()));
        line.addAll(java.util.List.of(names));
        cli.run(line.toArray(String[]::new)).ok();
        return file;
    }

    private static String members(Path archive) {
        return Shell.run("tar", "-tf", archive.toString()).ok().out();
    }

    private static JsonNode member(Path archive, String name) {
        var text = Shell.run("tar", "-xOf", archive.toString(), name).ok().stdout();
        return new JsonMapper().readTree(text);
    }

    private static String id(Cli cli, String image) {
        var json = new JsonMapper().readTree(cli.run("image", "inspect", image).ok().stdout());
        return json.get(0).get("Id").asString();
    }

    @Behaviour
    void anImageComesBackWithTheSameIdAndNames(Cli cli) {
        var tag = "rbt/saved-" + cli.name() + ":1";
        var other = "rbt/saved-" + cli.name() + ":2";
        cli.run("tag", TestImage.CONFIGURED.tag(), tag).ok();
        cli.run("tag", TestImage.CONFIGURED.tag(), other).ok();
        var id = id(cli, tag);
        var file = saved(cli, tag, other);
        cli.run("rmi", tag, other).ok();
        assertThat(cli.run("load", "-i", file.toString()).ok().out())
                .contains("Loaded image: " + tag, "Loaded image: " + other);
        assertThat(id(cli, tag)).isEqualTo(id);
        assertThat(id(cli, other)).isEqualTo(id);
        cli.run("rmi", tag, other).ok();
    }

    @Behaviour
    void theArchiveIsALayoutThatOlderReadersKnowToo(Cli cli) {
        var file = saved(cli, TestImage.BUSYBOX.tag());
        assertThat(members(file).lines())
                .contains(
                        "blobs/sha256/",
                        "index.json",
                        "manifest.json",
                        "oci-layout",
                        "repositories")
                .doesNotHaveDuplicates();
        assertThat(member(file, "oci-layout").get("imageLayoutVersion").asString())
                .isEqualTo("1.0.0");
        var descriptor = member(file, "index.json").get("manifests").get(0);
        assertThat(descriptor.at("/annotations/io.containerd.image.name").asString())
                .isEqualTo("docker.io/" + TestImage.BUSYBOX.tag());
        assertThat(descriptor.at("/annotations/org.opencontainers.image.ref.name").asString())
                .isEqualTo("latest");
        var digest = descriptor.get("digest").asString().replace("sha256:", "");
        var manifest = member(file, "blobs/sha256/" + digest);
        var entry = member(file, "manifest.json").get(0);
        assertThat(entry.get("Config").asString())
                .isEqualTo(
                        "blobs/sha256/"
                                + manifest.at("/config/digest").asString().replace("sha256:", ""));
        assertThat(entry.get("RepoTags").get(0).asString()).isEqualTo(TestImage.BUSYBOX.tag());
        assertThat(entry.get("Layers")).hasSameSizeAs(manifest.get("layers"));
    }

    @Behaviour
    void anImageByIdHasNoName(Cli cli) {
        var tag = "rbt/unnamed-" + cli.name();
        cli.run("tag", TestImage.CONFIGURED.tag(), tag).ok();
        var file = saved(cli, id(cli, tag));
        cli.run("rmi", tag).ok();
        assertThat(member(file, "manifest.json").get(0).path("RepoTags").size()).isZero();
    }

    @Behaviour
    void aNameWithoutATagIsAllOfItsTags(Cli cli) {
        var name = "rbt/many-" + cli.name();
        cli.run("tag", TestImage.CONFIGURED.tag(), name + ":1").ok();
        cli.run("tag", TestImage.BUSYBOX.tag(), name + ":2").ok();
        var file = saved(cli, name);
        assertThat(member(file, "manifest.json").toString()).contains(name + ":1", name + ":2");
        cli.run("rmi", name + ":1", name + ":2").ok();
    }

    @Test
    void theSameImagesAreTheSameBytes(Target target) throws IOException {
        target.daemon(); // Docker's have times of their own
        var cli = target.docker();
        var one = saved(cli, TestImage.BUSYBOX.tag(), TestImage.CONFIGURED.tag());
        var bytes = Files.readAllBytes(one);
        var again = saved(cli, TestImage.BUSYBOX.tag(), TestImage.CONFIGURED.tag());
        assertThat(Files.readAllBytes(again)).isEqualTo(bytes);
    }

    @Behaviour
    void whatIsMissingIsNamedAndNothingIsWritten(Cli cli) {
        var file = directory.resolve("none.tar");
        var missing = "rbt/nosuch:1";
        var failed = cli.run("save", "-o", file.toString(), TestImage.BUSYBOX.tag(), missing);
        assertThat(failed.ended(1).err()).contains("Error");
        assertThat(file).doesNotExist();
        assertThat(directory).isEmptyDirectory();
    }
}
