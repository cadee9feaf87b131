package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * What Debian's image tools make is read here as they read it, and they read what is made here. The
 * oracle is umoci, as root; of ours it is the tree that a container's root sees.
 *
 * <p>Not compared: how many links a file has, since overlayfs also counts those that an upper layer
 * hides. Not in the layers: a file whose directory is not in the same layer. There umoci keeps what
 * the layer below says of the directory; here, as with Docker's overlay2, it is root's with mode
 * 0755. An attribute without a value: readers in Go drop it.
 */
@SystemTest
class OracleTest {
    private static TestRegistry registry;
    private static ImageTools tools;
    private static Corpus corpus;
    private static String layout;
    private static Tree tree;

    @BeforeAll
    static void make() throws IOException {
        registry = TestRegistry.open();
        tools = new ImageTools();
        corpus = new Corpus(tools);
        layout = corpus.layout(Corpus.LEAST);
        tree = tools.unpackedLayout(layout);
        assertThat(tree.files()).hasSizeGreaterThan(90);
    }

    @AfterAll
    static void remove() {
        tools.close();
        registry.close();
    }

    @Behaviour
    @OneClient
    void anOciImageOf120Layers(Cli cli) throws IOException {
        var name = registry.image("tall:1");
        var tall = corpus.layout(120);
        tools.copy("oci:" + tall, "docker://" + name);
        var oracle = tools.unpackedLayout(tall);
        assertThat(tools.manifest(name)).contains("oci.image.manifest.v1+json", "tar+gzip");
        pull(cli, name);
        assertThat(cli.inspectImage(name).at("/RootFS/Layers")).hasSize(120);
        same(seen(cli, name), oracle);
        same(exported(cli, name), oracle.inWholeSeconds());
        cli.run("rmi", name).ok();
    }

    /** umoci 0.4 does not know zstd: the tree is that of the same layers in gzip. */
    @Behaviour
    @OneClient
    void anOciImageInZstd(Cli cli) {
        var name = registry.image("zstd:1");
        var zstd = tools.layout();
        tools.copy("oci:" + layout, "oci:" + zstd, "--dest-compress-format", "zstd");
        tools.copy("oci:" + zstd, "docker://" + name, "--preserve-digests");
        assertThat(tools.manifest(name)).contains("tar+zstd").doesNotContain("tar+gzip");
        same(pulled(cli, name), tree);
    }

    @Behaviour
    @OneClient
    void aDockerImage(Cli cli) {
        var name = registry.image("docker:1");
        tools.copy("oci:" + layout, "docker://" + name, "--format", "v2s2");
        assertThat(tools.manifest(name))
                .contains("docker.distribution.manifest.v2+json", "rootfs.diff.tar.gzip");
        same(pulled(cli, name), tree);
    }

    @Behaviour
    @OneClient
    void anIndexOfTwoArchitectures(Cli cli) {
        var other = tools.layout();
        var directory = other.substring(0, other.lastIndexOf(':'));
        ImageTools.run(List.of("umoci", "init", "--layout", directory));
        ImageTools.run(List.of("umoci", "new", "--image", other));
        ImageTools.run(List.of("umoci", "config", "--architecture", "s390x", "--image", other));
        var repository = registry.image("index");
        tools.copy("oci:" + other, "docker://" + repository + ":s390x");
        tools.copy("oci:" + layout, "docker://" + repository + ":amd64");
        tools.buildah(
                "buildah manifest create list; for arch in s390x amd64; do"
                        + " buildah manifest add --tls-verify=false list docker://$1:$arch; done;"
                        + " for format in oci v2s2; do buildah manifest push --all --format $format"
                        + " --tls-verify=false list docker://$1:$format; done",
                repository);
        assertThat(tools.manifest(repository + ":oci")).contains("oci.image.index.v1");
        assertThat(tools.manifest(repository + ":v2s2")).contains("manifest.list.v2");
        for (var name : List.of(repository + ":oci", repository + ":v2s2")) {
            same(pulled(cli, name), tree);
            cli.run("pull", "--platform", "linux/s390x", name).ok();
            assertThat(cli.inspectImage(name).at("/Architecture").asString()).isEqualTo("s390x");
            assertThat(cli.inspectImage(name).at("/RootFS/Layers")).isEmpty();
            cli.run("rmi", name).ok();
        }
    }

    @Behaviour
    @OneClient
    void aLayerThatUmociPacks(Cli cli) {
        var name = registry.image("umoci:1");
        var bundle = tools.directory().resolve("bundle").toString();
        ImageTools.run(List.of("umoci", "unpack", "--image", layout, bundle));
        Shell.run("sh", "-ec", Corpus.changes("$1"), "-", bundle + "/rootfs").ok();
        var changed = tools.layout();
        tools.copy("oci:" + layout, "oci:" + changed);
        ImageTools.run(List.of("umoci", "repack", "--image", changed, bundle));
        tools.copy("oci:" + changed, "docker://" + name);
        var oracle = tools.unpackedLayout(changed);
        assertThat(oracle).isNotEqualTo(tree);
        same(pulled(cli, name), oracle);
    }

    @Behaviour
    @OneClient
    void aLayerThatBuildahPacks(Cli cli) {
        var name = registry.image("buildah:1");
        tools.buildah(
                "c=$(buildah from --tls-verify=false \"$1\"); m=$(buildah mount $c); ("
                        + Corpus.changes("$m")
                        + "); buildah commit --tls-verify=false $c \"$2\"; buildah rm $c",
                "oci:" + layout,
                "docker://" + name);
        var oracle = tools.unpacked("docker://" + name);
        assertThat(oracle).isNotEqualTo(tree);
        same(pulled(cli, name), oracle);
    }

    /** buildah knows no times before 1970 but of symbolic links. */
    @Behaviour
    @OneClient
    void whatIsCommittedPushedAndSavedIsReadByThem(Cli cli) {
        var name = registry.image("ours:1");
        var base = registry.image("ours:base");
        tools.copy("oci:" + layout, "docker://" + base);
        var container = Cli.fresh();
        cli.run("run", "--name", container, base, "sh", "-ec", Corpus.changes("")).ok();
        cli.run("commit", container, name).ok();
        var ours = seen(cli, name);
        assertThat(ours).isNotEqualTo(tree);
        cli.run("push", name).ok();
        same(tools.unpacked("docker://" + name), ours);
        same(tools.mounted("docker://" + name), ours.since1970());
        var saved = tools.directory().resolve("saved.tar").toString();
        cli.run("save", "-o", saved, name).ok();
        same(tools.unpacked("docker-archive:" + saved), ours);
        same(tools.unpacked("oci-archive:" + saved), ours);
        same(tools.mounted("docker-archive:" + saved), ours.since1970());
        cli.run("rm", container).ok();
        cli.run("rmi", name, base).ok();
    }

    private static void same(Tree tree, Tree oracle) {
        assertThat(tree.unlike(oracle)).isEmpty();
    }

    /** Its layers are not here any more, so that they are read again. */
    private static void pull(Cli cli, String name) {
        assertThat(cli.run("pull", name).ok().out()).contains("Downloaded newer image");
    }

    private static Tree pulled(Cli cli, String name) {
        pull(cli, name);
        var tree = seen(cli, name);
        cli.run("rmi", name).ok();
        return tree;
    }

    private static Tree seen(Cli cli, String image) {
        var container = cli.detached(image, "sleep", "9999");
        var tree = Tree.inside(cli.pid(container));
        cli.run("rm", "-f", container).ok();
        return tree;
    }

    private static Tree exported(Cli cli, String image) throws IOException {
        var container = cli.run("create", image).ok().out();
        var root = Files.createDirectory(tools.directory().resolve("exported"));
        var tar = Path.of(root + ".tar").toString();
        cli.run("export", "-o", tar, container).ok();
        var unpack = List.of("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-xpf");
        var line = new ArrayList<>(unpack);
        line.addAll(List.of(tar, "-C", root.toString()));
        ImageTools.run(line);
        cli.run("rm", container).ok();
        return Tree.of(root);
    }
}
