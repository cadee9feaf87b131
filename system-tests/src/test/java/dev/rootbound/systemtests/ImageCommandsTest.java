package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Listing, naming, removing, pruning and verifying images. */
@SystemTest
class ImageCommandsTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.CONFIGURED);
    }

    /** An image of its own, without a name. */
    private static String made(Cli cli) {
        var name = Cli.fresh();
        cli.run("run", "--name", name, TestImage.BUSYBOX.tag(), "touch", "/" + name).ok();
        var id = cli.run("commit", "-c", "LABEL made=" + name, name).ok().out();
        cli.run("rm", name).ok();
        return id;
    }

    private static String name(Cli cli, String rest) {
        return "rbt/named-" + cli.name() + rest;
    }

    @Behaviour
    void anImageHasAHistory(Cli cli) {
        var base = made(cli);
        var name = Cli.fresh();
        cli.run("run", "--name", name, base, "touch", "/" + name).ok();
        var id = cli.run("commit", name).ok().out();
        cli.run("rm", name).ok();
        var lines = cli.run("history", id).ok().out().lines().toList();
        assertThat(lines.getFirst()).matches("IMAGE +CREATED +CREATED BY +SIZE +COMMENT");
        assertThat(lines.get(1)).startsWith(id.substring(7, 19)).contains("ago", "touch /rbt-");
        assertThat(lines.get(2)).contains("touch /rbt-");
        assertThat(cli.run("history", "-q", "--no-trunc", id).ok().out().lines().findFirst())
                .contains(id);
        assertThat(cli.run("history", "--human=false", id).ok().out()).contains("T", "Z");
        var json = cli.run("history", "--format", "json", id).ok().out().lines().findFirst();
        assertThat(new JsonMapper().readTree(json.orElseThrow()).get("CreatedBy").asString())
                .startsWith("touch");
        assertThat(cli.run("history", "rbt/nosuch").ended(1).err()).contains("No such image");
        cli.run("rmi", id).ok();
        cli.run("rmi", base); // Docker's unnamed parents go with the child
    }

    @Behaviour
    void filtersChooseImages(Cli cli) {
        var id = made(cli);
        var tag = name(cli, ":v1.2");
        var shortId = id.substring(7, 19);
        assertThat(cli.run("images", "-q", "-f", "dangling=true").ok().out()).contains(shortId);
        cli.run("tag", id, tag).ok();
        assertThat(cli.run("images", "-q", "-f", "dangling=true").ok().out())
                .doesNotContain(shortId);
        for (var pattern :
                java.util.List.of(name(cli, ""), name(cli, ":v*"), "rbt/named-*:v[0-9].?", "*/*"))
            assertThat(cli.run("images", "-q", "-f", "reference=" + pattern).ok().out())
                    .as(pattern)
                    .contains(shortId);
        assertThat(cli.run("images", "-q", "-f", "reference=named*").ok().out()).isEmpty();
        assertThat(cli.run("images", "-q", "-f", "label=made").ok().out()).contains(shortId);
        assertThat(cli.run("images", "-q", "-f", "since=" + TestImage.BUSYBOX.tag()).ok().out())
                .contains(shortId);
        assertThat(cli.run("images", "-q", "-f", "before=" + tag).ok().out())
                .isNotEmpty()
                .doesNotContain(shortId);
        assertThat(cli.run("images", "-q", "--no-trunc", name(cli, "")).ok().out()).isEqualTo(id);
        assertThat(cli.run("images", "-q", "-f", "reference=[").ended(1).err()).contains("pattern");
        cli.run("rmi", tag).ok();
    }

    @Behaviour
    void withTheLastNameTheImageGoes(Cli cli) {
        var id = made(cli);
        var one = name(cli, ":1");
        var two = name(cli, ":2");
        cli.run("tag", id, one).ok();
        cli.run("tag", id, two).ok();
        assertThat(cli.run("rmi", one).ok().out()).isEqualTo("Untagged: " + one);
        var last = cli.run("rmi", two).ok().out();
        assertThat(last.lines().toList())
                .startsWith("Untagged: " + two, "Deleted: " + id)
                .hasSizeGreaterThan(2);
        assertThat(last.lines().skip(2)).allMatch(line -> line.startsWith("Deleted: sha256:"));
        assertThat(cli.run("rmi", two).ended(1).err()).contains("No such image: " + two);
    }

    @Behaviour
    void anImageOfSeveralNamesIsDeletedByIdOnlyByForce(Cli cli) {
        var id = made(cli);
        cli.run("tag", id, name(cli, ":1")).ok();
        cli.run("tag", id, name(cli, "-b:1")).ok();
        assertThat(cli.run("rmi", id.substring(7, 19)).ended(1).err())
                .contains(
                        "conflict: unable to delete "
                                + id.substring(7, 19)
                                + " (must be forced) - image is referenced in multiple repositories");
        assertThat(cli.run("rmi", "-f", id.substring(7, 19)).ok().out().lines())
                .startsWith(
                        "Untagged: " + name(cli, "-b:1"),
                        "Untagged: " + name(cli, ":1"),
                        "Deleted: " + id);
    }

    @Behaviour
    void anImageThatAContainerUsesStays(Cli cli) {
        var id = made(cli);
        var tag = name(cli, ":used");
        cli.run("tag", id, tag).ok();
        var name = cli.detached(tag, "sleep", "1000");
        var container = cli.inspect(name).get("Id").asString().substring(0, 12);
        var shortId = id.substring(7, 19);
        assertThat(cli.run("rmi", tag).ended(1).err())
                .contains(
                        "conflict: unable to remove repository reference \""
                                + tag
                                + "\" (must force) - container "
                                + container
                                + " is using its referenced image "
                                + shortId);
        assertThat(cli.run("rmi", "-f", shortId).ended(1).err())
                .contains(
                        "(cannot be forced) - image is being used by running container "
                                + container);
        assertThat(cli.run("rmi", "-f", tag).ok().out()).isEqualTo("Untagged: " + tag);
        cli.run("kill", name).ok();
        assertThat(cli.run("rmi", shortId).ended(1).err())
                .contains("(must be forced) - image is being used by stopped container");
        assertThat(cli.run("rmi", "-f", shortId).ok().out()).startsWith("Deleted: " + id);
        cli.run("rm", name).ok();
    }

    @Test
    void whatIsStoredIsVerified(Target target) throws IOException {
        target.daemon(); // Docker has no such command
        var cli = target.clients().getLast();
        var id = made(cli);
        assertThat(cli.run("image", "verify", id).ok().out()).isEqualTo(id + ": ok");
        assertThat(cli.run("image", "verify").ok().out())
                .contains(id + ": ok", TestImage.CONFIGURED.tag() + ": ok");
        var made = cli.inspectImage(id).at("/Config/Labels/made").asString();
        var file = named(target.store().resolve("store/l"), made);
        var before = Files.getPosixFilePermissions(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(cli.run("image", "verify", id).ended(1).out())
                .contains("/" + file.getFileName() + " has mode");
        Files.setPosixFilePermissions(file, before);
        cli.run("image", "verify", id).ok();
        cli.run("rmi", id).ok();
        assertThat(cli.run("image", "verify", "rbt/nosuch").ended(1).err())
                .contains("No such image");
    }

    /** Others' layers may be on their way out meanwhile. */
    private static Path named(Path layers, String name) {
        var found = Shell.run("find", layers.toString(), "-maxdepth", "2", "-name", name).out();
        return Path.of(found);
    }
}
