package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Isolated;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(30)
class RootTreeTest {
    private static final IdMaps IDS = IdMaps.of(new IdRange(1_879_048_192L, 65536));

    @TempDir Path temp;
    private Path target;
    private Layers layers;
    private OverlaySnapshots snapshots;
    private final List<Digest> stack = new ArrayList<>();
    private Snapshots.Root root;

    @BeforeEach
    void open() throws IOException {
        var store = Files.createDirectory(temp.resolve("store"));
        var staging = Files.createDirectory(temp.resolve("staging"));
        target = Files.createDirectory(temp.resolve("target"));
        layers = new Layers(store.resolve("l"), temp.resolve("records"), () -> Long.MAX_VALUE);
        snapshots = new OverlaySnapshots(store, staging, d -> "l/" + layers.directory(d));
        snapshots.create("box");
        root = snapshots.mounted(target);
    }

    @AfterEach
    void close() throws IOException {
        root.close();
        layers.close();
    }

    private void layer(TestTar tar) throws IOException {
        var digest = new Digest(String.format("%064x", stack.size() + 1));
        layers.unpack(digest, new ByteArrayInputStream(tar.end()));
        stack.add(digest);
    }

    /** As the container's root does it. */
    private void inside(String script) throws IOException {
        root = snapshots.mount("box", stack, IDS, target);
        Isolated.as(
                IDS.rootUid(),
                IDS.rootGid(),
                target,
                () -> {
                    var shell =
                            new ProcessBuilder(
                                            "setpriv",
                                            "--reuid=" + IDS.rootUid(),
                                            "--regid=" + IDS.rootGid(),
                                            "--clear-groups",
                                            "sh",
                                            "-ec",
                                            script)
                                    .directory(target.toFile())
                                    .inheritIO()
                                    .start();
                    assertThat(shell.waitFor()).isZero();
                    return true;
                });
    }

    private RootTree tree() throws IOException {
        return snapshots.tree("box", stack);
    }

    private List<String> changes() throws IOException {
        return tree().changes().stream()
                .map(c -> c.kind().name().charAt(0) + " " + c.path())
                .toList();
    }

    private record Member(TarEntry entry, String content) {}

    private record Archive(Map<String, Member> members) {
        Member of(String name) {
            return Objects.requireNonNull(members.get(name), name);
        }

        TarEntry entry(String name) {
            return of(name).entry();
        }
    }

    private Archive exported() throws IOException {
        var members = new TreeMap<String, Member>();
        var out = new ByteArrayOutputStream();
        tree().export(out, () -> {});
        try (var tar = new TarReader(new ByteArrayInputStream(out.toByteArray()))) {
            for (var e = tar.next(); e != null; e = tar.next()) {
                var content = new byte[(int) e.size()];
                int count = 0;
                while (count < content.length) {
                    count += tar.read(content, count, content.length - count);
                }
                members.put(new String(e.name(), UTF_8), new Member(e, new String(content, UTF_8)));
            }
        }
        return new Archive(members);
    }

    private static TestTar base() {
        return new TestTar()
                .mode(0755)
                .dir("etc/")
                .dir("etc/old/")
                .file("etc/old/a", "a")
                .file("etc/old/b", "b")
                .file("etc/passwd", "root")
                .file("etc/gone", "")
                .dir("same/")
                .file("same/x", "");
    }

    @Test
    void anUntouchedContainerHasNoChanges() throws IOException {
        layer(base());
        assertThat(changes()).isEmpty();
        inside("cat etc/passwd > /dev/null");
        assertThat(changes()).isEmpty();
    }

    @Test
    void whatIsMadeChangedAndRemovedIsTold() throws IOException {
        layer(base());
        inside("echo x >> etc/passwd; rm etc/gone; mkdir -p new/deep; echo > new/deep/f");
        assertThat(changes())
                .containsExactly(
                        "M /etc",
                        "D /etc/gone",
                        "M /etc/passwd",
                        "A /new",
                        "A /new/deep",
                        "A /new/deep/f");
        root.close();
        assertThat(changes()).hasSize(6);
    }

    @Test
    void aDirectoryMadeAgainHidesWhatWasInIt() throws IOException {
        layer(base());
        inside("rm -r etc/old; mkdir etc/old; echo n > etc/old/b; echo c > etc/old/c");
        assertThat(changes())
                .containsExactly(
                        "M /etc", "M /etc/old", "M /etc/old/b", "A /etc/old/c", "D /etc/old/a");
        assertThat(exported().members())
                .containsKeys("etc/old/b", "etc/old/c")
                .doesNotContainKey("etc/old/a");
    }

    @Test
    void anExportIsTheMergedTreeWithTheIdsInside() throws IOException {
        layer(base().owner(33, 34).file("www", "w").symlink("link", "/etc/passwd"));
        layer(new TestTar().file("etc/.wh.gone", "").file("etc/passwd", "second"));
        inside("echo new > etc/new; mkfifo fifo; ln etc/new hard; rm -r same");
        var all = exported();
        assertThat(all.members().keySet())
                .containsExactly(
                        "etc/",
                        "etc/new",
                        "etc/old/",
                        "etc/old/a",
                        "etc/old/b",
                        "etc/passwd",
                        "fifo",
                        "hard",
                        "link",
                        "www");
        assertThat(all.of("etc/passwd").content()).isEqualTo("second");
        assertThat(all.entry("www").uid()).isEqualTo(33);
        assertThat(all.entry("www").gid()).isEqualTo(34);
        assertThat(all.entry("etc/new").uid()).isZero();
        assertThat(all.entry("link").linkName()).asString().isEqualTo("/etc/passwd");
        assertThat(all.entry("hard").type()).isEqualTo(TarEntry.Type.HARD_LINK);
        assertThat(all.entry("hard").linkName()).asString().isEqualTo("etc/new");
        assertThat(all.entry("fifo").type()).isEqualTo(TarEntry.Type.FIFO);
    }

    @Test
    void capabilitiesAndAttributesComeBackAsTheyWere() throws IOException {
        byte[] bind = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        layer(
                new TestTar()
                        .xattr("security.capability", bind)
                        .file("ping", "x")
                        .xattr("user.note", new byte[] {(byte) 0xff, 0, '\n'})
                        .file("noted", ""));
        var all = exported();
        assertThat(all.entry("ping").xattrs().get("security.capability")).isEqualTo(bind);
        assertThat(all.entry("noted").xattrs().get("user.note"))
                .isEqualTo(new byte[] {(byte) 0xff, 0, '\n'});
        inside("cp -p ping other; touch ping");
        assertThat(exported().entry("ping").xattrs().get("security.capability")).isEqualTo(bind);
    }

    @Test
    void anImportedExportIsTheSameTree() throws IOException {
        var deep = "d".repeat(120) + "/" + "f".repeat(120);
        layer(
                base().file(deep, "deep")
                        .symlink("l", "x".repeat(130))
                        .record("mtime", "-5".getBytes(UTF_8))
                        .file("old", "o"));
        inside("echo new > etc/new; ln etc/new hard");
        var first = new ByteArrayOutputStream();
        tree().export(first, () -> {});
        stack.clear();
        var digest = new Digest("e".repeat(64));
        layers.unpack(digest, new ByteArrayInputStream(first.toByteArray()));
        snapshots.create("copy");
        var second = new ByteArrayOutputStream();
        snapshots.tree("copy", List.of(digest)).export(second, () -> {});
        assertThat(second.toByteArray()).isEqualTo(first.toByteArray());
    }

    @Test
    void gnuTarReadsAnExport() throws Exception {
        var deep = "d".repeat(120) + "/" + "f".repeat(120);
        layer(base().file(deep, "deep").record("mtime", "-5".getBytes(UTF_8)).file("old", "o"));
        var file = temp.resolve("out.tar");
        try (var out = Files.newOutputStream(file)) {
            tree().export(out, () -> {});
        }
        var into = Files.createDirectory(temp.resolve("into"));
        var tar =
                new ProcessBuilder("tar", "-xf", file.toString(), "-C", into.toString())
                        .inheritIO()
                        .start();
        assertThat(tar.waitFor()).isZero();
        assertThat(into.resolve(deep)).hasContent("deep");
        assertThat(Files.getLastModifiedTime(into.resolve("old")))
                .isEqualTo(FileTime.fromMillis(-5000));
        assertThat(into.resolve("etc/passwd")).hasContent("root");
    }

    @Test
    void aContainerThatChangesItsFilesCannotLeadAnExportOut() throws Exception {
        layer(base());
        inside("mkdir d; echo inside > d/f");
        var stop = new java.util.concurrent.atomic.AtomicBoolean();
        var racer =
                Thread.ofPlatform()
                        .start(() -> {
                            var upper = temp.resolve("store/c/box/u");
                            for (int i = 0; !stop.get(); i++) {
                                swap(upper, i);
                            }
                        });
        try {
            for (int i = 0; i < 25; i++) {
                for (var member : exported().members().values()) {
                    assertThat(member.content()).doesNotContain("root:x:0:0");
                }
            }
        } finally {
            stop.set(true);
            racer.join();
        }
    }

    /** A file, a link to the host's passwd and a FIFO take turns; so do a directory and a link. */
    private static void swap(Path upper, int turn) {
        try {
            var file = upper.resolve("f");
            var dir = upper.resolve("d2");
            Files.deleteIfExists(file);
            switch (turn % 3) {
                case 0 -> Files.writeString(file, "inside");
                case 1 -> Files.createSymbolicLink(file, Path.of("/etc/passwd"));
                default -> new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
            }
            if (Files.isSymbolicLink(dir)) {
                Files.delete(dir);
                Files.move(upper.resolve("d"), dir, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } else {
                if (Files.exists(dir, LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(dir, upper.resolve("d"));
                }
                Files.createSymbolicLink(dir, Path.of("/etc"));
            }
        } catch (IOException | InterruptedException e) {
            // the next turn
        }
    }

    @Test
    void whatIsTooDeepIsRefusedByName() throws IOException {
        layer(base());
        var path = temp.resolve("store/c/box/u");
        try (var dir = dev.rootbound.linux.Dir.open(path)) {
            nest(dir, 990);
            tree().export(java.io.OutputStream.nullOutputStream(), () -> {});
            assertThat(tree().changes()).hasSize(990);
            try (var deepest = dir.dirInRoot("d/".repeat(990).getBytes(UTF_8))) {
                nest(deepest, 20);
            }
            assertThatThrownBy(() -> tree().changes()).hasMessageContaining("1000 deep");
            dir.removeTree("d".getBytes(UTF_8));
        }
    }

    @Test
    void deepTreesInManyLayersAreRefusedBeforeTheyTakeAllDescriptors() throws IOException {
        var dirs = new ArrayList<dev.rootbound.linux.Dir>();
        for (int i = 0; i < 128; i++) {
            var dir = dev.rootbound.linux.Dir.open(Files.createDirectory(temp.resolve("l" + i)));
            nest(dir, 70);
            dirs.add(dir);
        }
        try (var root = MergedDirectory.root(dirs)) {
            assertThatThrownBy(() ->
                            RootArchive.write(
                                    root, java.io.OutputStream.nullOutputStream(), () -> {}))
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("deep in 128 layers");
        }
    }

    private static void nest(dev.rootbound.linux.Dir top, int depth) throws IOException {
        var name = "d".getBytes(UTF_8);
        top.mkdir(name, 0755);
        var at = top.dir(name);
        for (int i = 1; i < depth; i++) {
            at.mkdir(name, 0755);
            var next = at.dir(name);
            at.close();
            at = next;
        }
        at.close();
    }

    @Test
    void onlyWhatWasWrittenIsCounted() throws IOException {
        layer(base());
        assertThat(tree().writtenSize()).isZero();
        inside("printf 12345 > five; ln five again; rm etc/gone; ln -s 123 l");
        assertThat(tree().writtenSize()).isEqualTo(8);
    }
}
