package dev.rootbound.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class LayerCheckTest {
    private static final Digest LAYER = new Digest("a".repeat(64));
    private static final byte[] TAR =
            new TestTar()
                    .mode(0755)
                    .dir("d/")
                    .file("d/one", "one")
                    .hardLink("d/two", "d/one")
                    .symlink("link", "target")
                    .xattr("user.note", new byte[] {1})
                    .file("noted", "x")
                    .file("undescribed/parent", "y")
                    .file(".wh.gone", "")
                    .file("d/.wh..wh..opq", "")
                    .end();

    @TempDir Path temp;
    private Layers layers;
    private Path tree;

    @BeforeEach
    void open() throws IOException {
        layers = new Layers(temp.resolve("l"), temp.resolve("records"), () -> Long.MAX_VALUE);
        layers.unpack(LAYER, new ByteArrayInputStream(TAR));
        tree = temp.resolve("l").resolve(layers.directory(LAYER));
    }

    @AfterEach
    void nothingIsLeftBesideTheLayer() throws IOException {
        try (var all = Files.list(temp.resolve("l"))) {
            assertThat(all).containsExactly(tree);
        }
        layers.close();
    }

    private List<String> check() throws IOException {
        return layers.check(LAYER, new ByteArrayInputStream(TAR));
    }

    private Dir dir() throws ErrnoException {
        return Dir.open(tree);
    }

    @Test
    void anUntouchedLayerIsWhatItsArchiveSays() throws IOException {
        assertThat(check()).isEmpty();
    }

    @Test
    void anOwnerOfTheHostsIsFound() throws IOException {
        try (var dir = dir()) {
            dir.chown(Bytes.of("noted"), 0, 0);
        }
        assertThat(check())
                .containsExactly(
                        "/noted has owner on disk 0:0, its archive says %1$d:%1$d"
                                .formatted(OutsideIds.STORE.rootUid()));
    }

    @Test
    void anotherModeTimeOrTargetIsFound() throws IOException {
        try (var dir = dir()) {
            dir.chmod(Bytes.of("noted"), 04755);
            dir.mtime(Bytes.of("d"), 5, 6);
            dir.unlink(Bytes.of("link"));
            dir.symlink(Bytes.of("elsewhere"), Bytes.of("link"));
            dir.chown(Bytes.of("link"), OutsideIds.STORE.rootUid(), OutsideIds.STORE.rootUid());
            dir.mtime(Bytes.of("link"), 1_000_000_000, 0);
        }
        assertThat(check())
                .containsExactly(
                        "/d has time 5.000000006, its archive says 1000000000.000000000",
                        "/link has size 9, its archive says 6",
                        "/noted has mode 104755, its archive says 100755");
    }

    @Test
    void anotherContentOfTheSameSizeAndTimeIsFound() throws IOException {
        var file = tree.resolve("noted");
        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, "z");
        Files.setLastModifiedTime(file, time);
        assertThat(check()).containsExactly("/noted has another content from byte 0 on");
    }

    @Test
    void whatIsMissingOrMoreIsFound() throws IOException {
        Files.delete(tree.resolve("undescribed/parent"));
        Files.writeString(tree.resolve("undescribed/more"), "");
        assertThat(check())
                .containsExactly(
                        "/undescribed/more is in no archive", "/undescribed/parent is missing");
    }

    @Test
    void aBrokenHardLinkAndALostAttributeAreFound() throws IOException {
        var two = tree.resolve("d/two");
        Files.delete(two);
        Files.writeString(two, "one");
        try (var dir = dir();
                var d = dir.dir(Bytes.of("d"))) {
            d.chown(Bytes.of("two"), OutsideIds.STORE.rootUid(), OutsideIds.STORE.rootUid());
            d.chmod(Bytes.of("two"), 0755);
            dir.setXattr(Bytes.of("noted"), "user.note", new byte[] {2});
        }
        Files.setLastModifiedTime(two, FileTime.fromMillis(1_000_000_000_000L));
        Files.setLastModifiedTime(tree.resolve("d"), FileTime.fromMillis(1_000_000_000_000L));
        assertThat(check())
                .containsExactly(
                        "/d/one has number of names 1, its archive says 2",
                        "/d/two has number of names 1, its archive says 2",
                        "/d/two is not the hard link that it was",
                        "/noted has another user.note");
    }

    @Test
    void aLostWhiteoutIsFound() throws IOException {
        Files.delete(tree.resolve("gone"));
        assertThat(check()).containsExactly("/gone is missing");
    }

    @Test
    void aTarThatIsNoneIsRefused() {
        var garbage = new ByteArrayInputStream(Bytes.of("x".repeat(2000)));
        assertThatThrownBy(() -> layers.check(LAYER, garbage)).isInstanceOf(IOException.class);
    }
}
