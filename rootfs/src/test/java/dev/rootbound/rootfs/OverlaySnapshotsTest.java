package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Isolated;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(30)
class OverlaySnapshotsTest {
    private static final IdMaps ONE = IdMaps.of(new IdRange(1_879_048_192L, 65536));
    private static final IdMaps TWO = IdMaps.of(new IdRange(1_879_113_728L, 65536));
    private static final long FOREIGN = IdRange.FOREIGN.first();

    @TempDir Path temp;
    private Path store;
    private Path staging;
    private Path target;
    private Layers layers;
    private OverlaySnapshots snapshots;
    private final List<Digest> stack = new ArrayList<>();
    private final List<Snapshots.Root> mounted = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = Files.createDirectory(temp.resolve("store"));
        staging = Files.createDirectory(temp.resolve("staging"));
        target = Files.createDirectory(temp.resolve("target"));
        layers = new Layers(store.resolve("l"), temp.resolve("records"), () -> Long.MAX_VALUE);
        snapshots = new OverlaySnapshots(store, staging, d -> "l/" + layers.directory(d));
        snapshots.create("box");
    }

    @AfterEach
    void nothingStaysMounted() throws IOException {
        for (var root : mounted) {
            root.close();
        }
        layers.close();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
        try (var left = Files.list(staging)) {
            assertThat(left).isEmpty();
        }
    }

    private void layer(TestTar tar) throws IOException {
        var digest = new Digest(String.format("%064x", stack.size() + 1));
        layers.unpack(digest, new ByteArrayInputStream(tar.end()));
        stack.add(digest);
    }

    private Snapshots.Root mount(IdMaps ids) throws IOException {
        var root = snapshots.mount("box", stack, ids, target);
        mounted.add(root);
        return root;
    }

    private static long owner(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) & 0xFFFF_FFFFL;
    }

    private String text(Snapshots.Root root, String file) throws IOException {
        return new String(root.read(file, 100), UTF_8);
    }

    @Test
    void theSameFilesBelongToWhoeverLeasesThem() throws IOException {
        layer(new TestTar().file("root", "").owner(33, 33).file("www", "w"));
        for (var ids : List.of(ONE, TWO)) {
            try (var root = snapshots.mount("box", stack, ids, target)) {
                assertThat(owner(target)).isEqualTo(ids.rootUid());
                assertThat(owner(target.resolve("root"))).isEqualTo(ids.rootUid());
                assertThat(owner(target.resolve("www"))).isEqualTo(ids.rootUid() + 33);
                assertThat(text(root, "www")).isEqualTo("w");
            }
        }
    }

    @Test
    void whatIsWrittenIsForeignOnDiskAndSeenUnderTheNextLease() throws IOException {
        layer(new TestTar().file("gone", "").file("given", "g"));
        mount(ONE);
        Isolated.as(
                ONE.rootUid(),
                ONE.rootGid(),
                target,
                () -> {
                    Files.delete(target.resolve("gone"));
                    Files.writeString(target.resolve("new"), "n");
                    Files.setAttribute(
                            target.resolve("given"), "unix:uid", (int) ONE.rootUid() + 7);
                    return true;
                });
        mounted.removeLast().close();
        var upper = store.resolve("c/box/u");
        assertThat(owner(upper.resolve("new"))).isEqualTo(FOREIGN);
        assertThat(owner(upper.resolve("given"))).isEqualTo(FOREIGN + 7);
        assertThat(owner(upper.resolve("gone"))).isEqualTo(FOREIGN);
        var root = mount(TWO);
        assertThat(text(root, "new")).isEqualTo("n");
        assertThat(owner(target.resolve("given"))).isEqualTo(TWO.rootUid() + 7);
        assertThat(target.resolve("gone")).doesNotExist();
    }

    @Test
    void anImageMayHave120Layers() throws IOException {
        for (int i = 0; i < 120; i++) {
            layer(new TestTar().file("f" + i, "").file("top", "" + i));
        }
        var root = mount(ONE);
        assertThat(text(root, "top")).isEqualTo("119");
        assertThat(target.resolve("f0")).exists();
    }

    @Test
    void aLayerMayLieUnderItself() throws IOException {
        layer(new TestTar().file("kept", "1").file("other", "1"));
        layer(new TestTar().file(".wh.kept", "").file("other", "2"));
        stack.add(stack.getFirst());
        var root = mount(ONE);
        assertThat(text(root, "kept")).isEqualTo("1");
        assertThat(text(root, "other")).isEqualTo("1");
        assertThat(snapshots.tree("box", stack).changes()).isEmpty();
    }

    @Test
    void anImageMayHaveNoLayer() throws IOException {
        mount(ONE);
        assertThat(target).isDirectoryNotContaining(path -> !path.endsWith("etc"));
        for (var name : EtcFiles.NAMES) {
            assertThat(target.resolve("etc").resolve(name)).isEmptyFile();
        }
    }

    @Test
    void aDeviceNodeOfALayerIsDead() throws IOException {
        layer(new TestTar().dir("etc/").device('3', "null", 1, 3).device('3', "etc/passwd", 1, 5));
        var root = mount(ONE);
        assertThatThrownBy(() -> Files.readAllBytes(target.resolve("null")))
                .isInstanceOf(java.nio.file.AccessDeniedException.class);
        assertThatThrownBy(() -> root.read("etc/passwd", 100))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("/etc/passwd");
    }

    @Test
    void whatAnOpaqueRootHidesIsHidden() throws IOException {
        layer(new TestTar().file("below", "").dir("d/").file("d/below", ""));
        layer(new TestTar().file(".wh..wh..opq", "").dir("d/").file("d/own", ""));
        layer(new TestTar().file("above", ""));
        mount(ONE);
        assertThat(target.resolve("below")).doesNotExist();
        assertThat(target.resolve("d/below")).doesNotExist();
        assertThat(target.resolve("d/own")).exists();
        assertThat(target.resolve("above")).exists();
    }

    @Test
    void readingStaysInside() throws IOException {
        layer(
                new TestTar()
                        .dir("etc/")
                        .file("own", "own")
                        .symlink("etc/passwd", "/own")
                        .symlink("out", "../../../../../../etc/passwd")
                        .symlink("loop", "loop")
                        .symlink("hosts", "/etc/hostname")
                        .add('6', "fifo", "", new byte[0])
                        .file("large", "x".repeat(101)));
        var root = mount(ONE);
        assertThat(text(root, "etc/passwd")).isEqualTo("own");
        assertThat(text(root, "out")).isEqualTo("own");
        for (var none : List.of("absent", "own/x", "absent/x")) {
            assertThat(root.read(none, 100)).as(none).isEmpty();
        }
        assertThatThrownBy(() -> root.read("large", 100))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("100 bytes");
    }

    /** The runtime opens these files once more, in the container, and waits for a FIFO's writer. */
    @Test
    void whatIsNoPlainFileIsRefusedNotTakenForAbsent() throws IOException {
        layer(
                new TestTar()
                        .dir("etc/")
                        .dir("dev/")
                        .file("dev/stdin", "shadowed")
                        .symlink("loop", "loop")
                        .symlink("nowhere", "/proc/self/fd/0")
                        .symlink("etc/passwd", "../dev/stdin")
                        .add('6', "fifo", "", new byte[0])
                        .symlink("etc/group", "../../fifo"));
        var root = mount(ONE);
        for (var odd :
                List.of("etc", "loop", "nowhere", "etc/passwd", "fifo", "etc/group", "dev/stdin")) {
            assertThatThrownBy(() -> root.read(odd, 100))
                    .as(odd)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("/" + odd + " of the image is neither");
        }
    }

    @Test
    void aMountThatFailsLeavesNothing() throws IOException {
        stack.add(new Digest("f".repeat(64)));
        assertThatThrownBy(() -> mount(ONE)).hasMessageContaining("is not unpacked");
        stack.clear();
        assertThatThrownBy(() -> snapshots.mount("none", stack, ONE, target))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aViewOfADeadEngineIsRemoved() throws IOException {
        layer(new TestTar().file("f", "kept"));
        var view = Files.createDirectory(staging.resolve("view-1"));
        Files.createDirectory(staging.resolve("view-2"));
        mounted.add(snapshots.mount("box", stack, ONE, view));
        snapshots.recover();
        assertThat(text(mount(TWO), "f")).isEqualTo("kept");
    }

    @Test
    void whatIsRemovedIsGone() throws IOException {
        Files.writeString(store.resolve("c/box/u/f"), "");
        snapshots.create("other");
        snapshots.remove("box");
        snapshots.remove("box");
        assertThat(snapshots.list()).containsExactly("other");
    }
}
