package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Isolated;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(60)
class PackTest {
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
        layer(
                new TestTar()
                        .mode(0755)
                        .dir("etc/")
                        .dir("etc/old/")
                        .file("etc/old/a", "a")
                        .file("etc/old/b", "b")
                        .file("etc/passwd", "root")
                        .file("etc/gone", "")
                        .file("was-file", "f")
                        .dir("was-directory/")
                        .file("was-directory/x", "")
                        .end());
    }

    @AfterEach
    void close() throws IOException {
        root.close();
        layers.close();
    }

    private Digest layer(byte[] tar) throws IOException {
        var digest = new Digest(String.format("%064x", stack.size() + 1));
        layers.unpack(digest, new ByteArrayInputStream(tar));
        stack.add(digest);
        return digest;
    }

    /** As the container's root does it. */
    private void inside(String script) throws IOException {
        root = snapshots.mount("box", stack, IDS, target);
        var words =
                List.of(
                        "setpriv",
                        "--reuid=" + IDS.rootUid(),
                        "--regid=" + IDS.rootGid(),
                        "--clear-groups",
                        "sh",
                        "-ec",
                        script);
        Isolated.as(
                IDS.rootUid(),
                IDS.rootGid(),
                target,
                () -> {
                    var shell = new ProcessBuilder(words).directory(target.toFile()).inheritIO();
                    assertThat(shell.start().waitFor()).isZero();
                    return true;
                });
    }

    private byte[] packed() throws IOException {
        var out = new ByteArrayOutputStream();
        snapshots.tree("box", stack).pack(out, LayerRules.ALL, null);
        return out.toByteArray();
    }

    private static Map<String, TarEntry> entries(byte[] bytes) throws IOException {
        var all = new LinkedHashMap<String, TarEntry>();
        try (var tar = new TarReader(new ByteArrayInputStream(bytes))) {
            for (var e = tar.next(); e != null; e = tar.next()) {
                all.put(new String(e.name(), UTF_8), e);
            }
        }
        return all;
    }

    /** What the container had made, unpacked again beside it. */
    private List<String> differencesOnceUnpacked(byte[] packed) throws IOException {
        var upper = temp.resolve("store/c/box/u");
        var unpacked = temp.resolve("store/l").resolve(layers.directory(layer(packed)));
        try (var is = Dir.open(unpacked);
                var should = Dir.open(upper)) {
            return TreeComparison.differences(is, should, Long.MAX_VALUE).stream()
                    .filter(each -> !each.startsWith("/ has time"))
                    .filter(each -> !each.contains("trusted.overlay.origin"))
                    .filter(each -> !each.contains("trusted.overlay.uuid"))
                    .toList();
        }
    }

    @Test
    void anUntouchedContainerIsAnEmptyArchive() throws IOException {
        assertThat(packed()).containsOnly(0).hasSize(1024);
    }

    @Test
    void whatWasMadeChangedAndRemovedIsInTheLayer() throws IOException {
        inside(
                "rm etc/gone; echo x >> etc/passwd; rm -r etc/old; mkdir etc/old; echo n > etc/old/c;"
                        + " rm was-file; mkdir was-file; rm -r was-directory; echo > was-directory;"
                        + " mkdir new; ln -s /etc/passwd new/link; ln etc/passwd new/passwd; mkfifo fifo");
        assertThat(entries(packed()).keySet())
                .containsExactly(
                        "etc/",
                        "etc/.wh.gone",
                        "etc/old/",
                        "etc/old/.wh..wh..opq",
                        "etc/old/c",
                        "etc/passwd",
                        "fifo",
                        "new/",
                        "new/link",
                        "new/passwd",
                        "was-directory",
                        "was-file/");
        var link = Objects.requireNonNull(entries(packed()).get("new/passwd"));
        assertThat(link.type()).isEqualTo(TarEntry.Type.HARD_LINK);
        assertThat(link.linkName()).asString().isEqualTo("etc/passwd");
    }

    @Test
    void unpackedAgainItIsTheSameTree() throws IOException {
        inside(
                "rm etc/gone; rm -r etc/old; mkdir etc/old; mkdir -p d/e; echo 1 > d/e/f; ln d/e/f hard;"
                        + " mkfifo fifo; ln -s nowhere link; chmod 4755 d/e/f; chmod 1777 d;"
                        + " truncate -s 200M sparse; printf mid | dd of=sparse bs=1M seek=7 conv=notrunc 2>&1;"
                        + " find . -xdev -depth -exec touch -h -d @1000000000 {} +");
        var packed = packed();
        assertThat(packed.length).isLessThan(2 << 20);
        assertThat(differencesOnceUnpacked(packed)).isEmpty();
    }

    @Test
    void theSameFilesAreTheSameBytesWheneverTheyWereMade() throws IOException {
        var script =
                "rm etc/gone; mkdir d; echo 1 > d/b; echo 2 > d/a; ln d/a d/c;"
                        + " find d etc -depth -exec touch -h -d @1000000000 {} +";
        inside(script);
        var first = packed();
        assertThat(packed()).isEqualTo(first);
        root.close();
        snapshots.remove("box");
        snapshots.create("box");
        inside(script.replace("echo 1 > d/b; echo 2 > d/a", "echo 2 > d/a; sleep 1; echo 1 > d/b"));
        assertThat(packed()).isEqualTo(first);
    }

    @Test
    void capabilitiesAndAccessListsHaveTheIdsInside() throws IOException {
        byte[] bind = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        var access =
                ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN).putInt(2).put(acl(1, 7, -1));
        access.put(acl(2, 4, 500)).put(acl(4, 5, -1)).put(acl(16, 5, -1)).put(acl(32, 5, -1));
        layer(
                new TestTar()
                        .mode(0755)
                        .xattr("security.capability", bind)
                        .file("ping", "x")
                        .xattr("system.posix_acl_access", access.array())
                        .file("shared", "x")
                        .end());
        inside("touch ping shared");
        var all = entries(packed());
        assertThat(Objects.requireNonNull(all.get("ping")).xattrs().get("security.capability"))
                .isEqualTo(bind);
        var shared = Objects.requireNonNull(all.get("shared"));
        assertThat(shared.xattrs().get("system.posix_acl_access")).isEqualTo(access.array());
    }

    private static byte[] acl(int tag, int permissions, int id) {
        var entry = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        return entry.putShort((short) tag).putShort((short) permissions).putInt(id).array();
    }

    @Test
    void whateverHasSeveralNamesIsOneFile() throws IOException {
        inside("echo x >f; ln f f2; ln -s x l; ln l l2; mkfifo p; ln p p2; ln p p3; rm p");
        assertThat(entries(packed()).values())
                .extracting(
                        entry -> new String(entry.name(), UTF_8),
                        TarEntry::type,
                        entry -> new String(entry.linkName(), UTF_8))
                .contains(
                        tuple("f2", TarEntry.Type.HARD_LINK, "f"),
                        tuple("l", TarEntry.Type.SYMLINK, "x"),
                        tuple("l2", TarEntry.Type.HARD_LINK, "l"),
                        tuple("p2", TarEntry.Type.FIFO, ""),
                        tuple("p3", TarEntry.Type.HARD_LINK, "p2"));
    }

    @Test
    void aSparseFileCostsWhatItsDataDoes() throws IOException {
        inside(
                "truncate -s 200G huge; printf end >> huge; truncate -s 500M hole; truncate -s 1M small");
        var packed = packed();
        assertThat(packed.length).isLessThan(2 << 20);
        assertThat(Objects.requireNonNull(entries(packed).get("huge")).size())
                .isEqualTo((200L << 30) + 3);
        assertThat(Objects.requireNonNull(entries(packed).get("hole")).size()).isEqualTo(500 << 20);
        assertThat(Objects.requireNonNull(entries(packed).get("small")).sparse()).isEmpty();
        var unpacked = temp.resolve("store/l").resolve(layers.directory(layer(packed)));
        assertThat(unpacked.resolve("huge")).hasSize((200L << 30) + 3);
    }

    @Test
    void aNameThatWouldBeAWhiteoutIsRefused() throws IOException {
        inside("mkdir d; echo > d/.wh.etc");
        assertThatThrownBy(this::packed)
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("/d/.wh.etc")
                .hasMessageContaining("rename it");
    }
}
