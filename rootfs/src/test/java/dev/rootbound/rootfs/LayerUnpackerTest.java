package dev.rootbound.rootfs;

import static dev.rootbound.rootfs.TestLayer.FOREIGN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Stat;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class LayerUnpackerTest {
    @TempDir Path temp;
    private TestLayer layer;

    @BeforeEach
    void open() throws Exception {
        layer = new TestLayer(temp);
    }

    @AfterEach
    void close() {
        layer.close();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void ownersModesAndTimesAreThoseOfTheTarInTheForeignRange() throws Exception {
        layer.unpack(
                new TestTar()
                        .mode(0750)
                        .mtime(5)
                        .dir("./")
                        .owner(1000, 65535)
                        .mtime(1234567890)
                        .mode(01777)
                        .dir("d/")
                        .mode(06755)
                        .file("d/su", "x")
                        .mode(0444)
                        .mtime(-7 & 077777777777L)
                        .file("./d//r", ""));
        assertThat(layer.stat("")).returns(FOREIGN, Stat::uid).returns(5L, Stat::mtimeSeconds);
        assertThat(layer.stat("").mode()).isEqualTo(Stat.DIRECTORY | 0750);
        var d = layer.stat("d");
        assertThat(d.mode()).isEqualTo(Stat.DIRECTORY | 01777);
        assertThat(d.mtimeSeconds()).isEqualTo(1234567890);
        var su = layer.stat("d/su");
        assertThat(su.mode()).isEqualTo(Stat.REGULAR | 06755);
        assertThat(su.uid()).isEqualTo(FOREIGN + 1000);
        assertThat(su.gid()).isEqualTo(FOREIGN + 65535);
        assertThat(su.mtimeSeconds()).isEqualTo(1234567890);
        assertThat(layer.stat("d/r").mode()).isEqualTo(Stat.REGULAR | 0444);
    }

    @Test
    void anOwnerAboveTheRangeIsRefusedByNameAndNumber() {
        assertThatThrownBy(() -> layer.unpack(new TestTar().owner(65536, 0).file("etc/x", "")))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("'etc/x'")
                .hasMessageContaining("owner uid 65536");
        assertThatThrownBy(() -> layer.unpack(new TestTar().owner(0, 70000).symlink("l", "x")))
                .hasMessageContaining("owner gid 70000");
        assertThatThrownBy(() -> layer.unpack(new TestTar().owner(4294967295L, 0).dir("d")))
                .hasMessageContaining("owner uid 4294967295");
    }

    @Test
    void missingParentsAreRootsAndReadable() throws Exception {
        layer.unpack(new TestTar().owner(7, 7).file("a/b/c", "x"));
        var b = layer.stat("a/b");
        assertThat(b.mode()).isEqualTo(Stat.DIRECTORY | 0755);
        assertThat(b.uid()).isEqualTo(FOREIGN);
        assertThat(layer.stat("a/b/c").uid()).isEqualTo(FOREIGN + 7);
    }

    @Test
    void linksFifosAndDevicesAreMade() throws Exception {
        layer.unpack(
                new TestTar()
                        .file("f", "content")
                        .hardLink("h", "./f")
                        .owner(3, 4)
                        .symlink("s", "../../etc/\u00e4")
                        .hardLink("hs", "s")
                        .add('6', "fifo", "", new byte[0])
                        .device('3', "null", 1, 3)
                        .device('4', "disk", 259, 1000));
        assertThat(layer.stat("h").inode()).isEqualTo(layer.stat("f").inode());
        assertThat(layer.stat("f").links()).isEqualTo(2);
        assertThat(layer.stat("s").uid()).isEqualTo(FOREIGN + 3);
        assertThat(layer.stat("s").mtimeSeconds()).isEqualTo(1_000_000_000);
        assertThat(layer.stat("hs").isSymlink()).isTrue();
        assertThat(layer.stat("fifo").mode()).isEqualTo(Stat.FIFO | 0644);
        var device = layer.stat("null");
        assertThat(device.mode()).isEqualTo(Stat.CHARACTER_DEVICE | 0644);
        assertThat(device.deviceMajor()).isEqualTo(1);
        assertThat(device.deviceMinor()).isEqualTo(3);
        assertThat(device.gid()).isEqualTo(FOREIGN + 4);
        assertThat(layer.stat("disk").deviceMinor()).isEqualTo(1000);
    }

    @Test
    void aHardLinkIntoALowerLayerSaysSo() {
        assertThatThrownBy(() -> layer.unpack(new TestTar().hardLink("h", "lib/below")))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("'h'")
                .hasMessageContaining("lib/below, which is not in this tree");
    }

    @Test
    void aHardLinkToItselfOrWrittenTwiceKeepsTheFile() throws Exception {
        layer.unpack(
                new TestTar()
                        .file("f", "kept")
                        .hardLink("f", "f")
                        .hardLink("g", "f")
                        .hardLink("g", "f"));
        assertThat(layer.content("f")).isEqualTo("kept");
        assertThat(layer.stat("f").links()).isEqualTo(2);
    }

    @Test
    void whiteoutsAreOverlayfsOwn() throws Exception {
        layer.unpack(
                new TestTar()
                        .dir("d/")
                        .file("d/.wh.gone", "")
                        .file("o/.wh..wh..opq", "")
                        .dir(".wh..wh.plnk/")
                        .file(".wh..wh.plnk/1.2", "x")
                        .file(".wh..wh.aufs", "x"));
        assertThat(LayerTree.isWhiteout(layer.stat("d/gone"))).isTrue();
        assertThat(layer.stat("d/gone").uid()).isEqualTo(FOREIGN);
        assertThat(layer.xattr("o", "trusted.overlay.opaque")).isEqualTo("y".getBytes(UTF_8));
        assertThat(layer.path.toFile().list()).containsExactlyInAnyOrder("d", "o");
    }

    @Test
    void aDirectoryThatIsAlsoWhitedOutIsOpaque() throws Exception {
        layer.unpack(
                new TestTar()
                        .file(".wh.before", "")
                        .dir("before/")
                        .dir("after/")
                        .file(".wh.after", "")
                        .file(".wh.implied", "")
                        .file("implied/x", "")
                        .file("file", "stays")
                        .file(".wh.file", ""));
        for (var name : new String[] {"before", "after", "implied"}) {
            assertThat(layer.xattr(name, "trusted.overlay.opaque")).as(name).hasSize(1);
        }
        assertThat(layer.content("file")).isEqualTo("stays");
    }

    @Test
    void whatWasInADirectoryThatIsReplacedNeedsNoWhiteout() throws Exception {
        layer.unpack(
                new TestTar()
                        .file("file", "now")
                        .file("file/.wh.x", "")
                        .file("file/d/.wh.x", "")
                        .file("file/.wh..wh..opq", "")
                        .dir("other/")
                        .symlink("link", "other")
                        .file("link/.wh.x", "")
                        .file("link/.wh..wh..opq", "")
                        .symlink("gone", "/nowhere")
                        .file("gone/.wh.x", ""));
        assertThat(layer.content("file")).isEqualTo("now");
        assertThat(layer.link("link")).isEqualTo("other");
        assertThat(layer.link("gone")).isEqualTo("/nowhere");
        assertThat(layer.path.resolve("other")).isEmptyDirectory();
        assertThat(layer.xattr("other", "trusted.overlay.opaque")).isEmpty();
    }

    @Test
    void aWhiteoutOfNothingOrBelowOneIsRefused() {
        for (var name : new String[] {".wh.", ".wh..", ".wh...", "d/.wh.", ".wh.x/y"}) {
            assertThatThrownBy(() -> layer.unpack(new TestTar().file(name, "")))
                    .as(name)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("whiteout");
        }
    }

    @Test
    void aDeviceThatWouldBeAWhiteoutIsRefused() {
        assertThatThrownBy(() -> layer.unpack(new TestTar().device('3', "dev/zero", 0, 0)))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("'dev/zero'");
    }

    @Test
    void fileCapabilitiesCountForTheForeignRoot() throws Exception {
        var v2 = hex("01000002 00200000 00000000 00000000 00000000");
        layer.unpack(new TestTar().mode(0755).xattr("security.capability", v2).file("ping", "x"));
        assertThat(layer.xattr("ping", "security.capability"))
                .isEqualTo(hex("01000003 00200000 00000000 00000000 00000000 0000fe7f"));
    }

    @Test
    void accessControlListsNameForeignIds() throws Exception {
        var acl =
                hex(
                        "02000000 01000600ffffffff 02000400e8030000 04000400ffffffff"
                                + "0800040064000000 10000400ffffffff 20000000ffffffff");
        layer.unpack(
                new TestTar()
                        .mode(0755)
                        .xattr("system.posix_acl_default", acl)
                        .dir("d/")
                        .mode(0640)
                        .file("d/plain", "")
                        .xattr("system.posix_acl_access", acl)
                        .file("d/f", ""));
        var shifted =
                hex(
                        "02000000 01000600ffffffff 02000400e803fe7f 04000400ffffffff"
                                + "080004006400fe7f 10000400ffffffff 20000000ffffffff");
        assertThat(layer.xattr("d/f", "system.posix_acl_access")).isEqualTo(shifted);
        assertThat(layer.xattr("d", "system.posix_acl_default")).isEqualTo(shifted);
        assertThat(layer.xattr("d/plain", "system.posix_acl_access")).isEmpty();
        assertThat(layer.stat("d/plain").mode() & 0777).isEqualTo(0640);
    }

    @Test
    void attributesForTheHostsRootAreRefusedAndOthersKept() throws Exception {
        assertThatThrownBy(() ->
                        layer.unpack(
                                new TestTar()
                                        .xattr("trusted.overlay.redirect", "/x".getBytes(UTF_8))
                                        .dir("d/")))
                .isInstanceOf(LayerException.class)
                .hasMessageContaining("trusted.overlay.redirect");
        layer.unpack(
                new TestTar()
                        .xattr("user.bin", new byte[] {0, -1, 10})
                        .xattr("security.selinux", "u:r:t".getBytes(UTF_8))
                        .xattr("com.apple.provenance", new byte[3])
                        .file("f", ""));
        assertThat(layer.xattr("f", "user.bin")).isEqualTo(new byte[] {0, -1, 10});
        assertThat(layer.xattr("f", "security.selinux")).isEmpty();
    }

    @Test
    void theLastEntryOfANameWins() throws Exception {
        layer.unpack(
                new TestTar()
                        .file("a", "first, longer")
                        .file("a", "2nd")
                        .file("d/deep/x", "")
                        .file("d", "file now")
                        .symlink("l", "/etc")
                        .dir("l/")
                        .file("l/x", "in a directory")
                        .dir("kept/")
                        .file("kept/x", "x")
                        .mode(0700)
                        .dir("kept/"));
        assertThat(layer.content("a")).isEqualTo("2nd");
        assertThat(layer.content("d")).isEqualTo("file now");
        assertThat(layer.stat("l").isDirectory()).isTrue();
        assertThat(layer.content("kept/x")).isEqualTo("x");
        assertThat(layer.stat("kept").mode() & 07777).isEqualTo(0700);
        assertThat(temp.toFile().list()).containsExactly("layer");
    }

    @Test
    void aLinkInTheLayerIsFollowedAsInAContainer() throws Exception {
        layer.unpack(
                new TestTar()
                        .dir("usr/lib/")
                        .symlink("lib", "/usr/lib")
                        .file("lib/x", "x")
                        .hardLink("h", "/lib/../lib/x"));
        assertThat(layer.content("usr/lib/x")).isEqualTo("x");
        assertThat(layer.stat("h").links()).isEqualTo(2);
    }

    @Test
    void aReplacedLinkLeadsNowhereAnyMore() throws Exception {
        layer.unpack(
                new TestTar()
                        .dir("one/")
                        .dir("two/")
                        .symlink("l", "one")
                        .file("l/a", "")
                        .symlink("l", "two")
                        .file("l/b", ""));
        assertThat(layer.path.resolve("one").toFile().list()).containsExactly("a");
        assertThat(layer.path.resolve("two").toFile().list()).containsExactly("b");
    }

    @Test
    void holesStayHoles() throws Exception {
        layer.unpack(
                new TestTar()
                        .record("GNU.sparse.major", "1".getBytes(UTF_8))
                        .record("GNU.sparse.minor", "0".getBytes(UTF_8))
                        .record("GNU.sparse.realsize", "104857600".getBytes(UTF_8))
                        .add('0', "big", "", sparse()));
        assertThat(layer.stat("big").size()).isEqualTo(100 << 20);
        var du =
                new ProcessBuilder("stat", "-c", "%b", layer.path.resolve("big").toString())
                        .start();
        assertThat(Long.parseLong(new String(du.getInputStream().readAllBytes(), UTF_8).strip()))
                .as("blocks of 512 bytes")
                .isBetween(1L, 64L);
        try (var in = Files.newInputStream(layer.path.resolve("big"))) {
            in.skipNBytes(52428800);
            assertThat(in.readNBytes(6)).isEqualTo("middle".getBytes(UTF_8));
        }
    }

    private static byte[] sparse() {
        var data = new byte[512 + 6];
        var map = "1\n52428800\n6\n".getBytes(UTF_8);
        System.arraycopy(map, 0, data, 0, map.length);
        System.arraycopy("middle".getBytes(UTF_8), 0, data, 512, 6);
        return data;
    }

    @Test
    void theSizeIsThatOfTheDataAndEntriesAreCounted() throws Exception {
        var unpacked =
                layer.unpack(
                        new ByteArrayInputStream(
                                new TestTar().dir("d/").file("d/a", "12345").file("b", "1").end()));
        assertThat(unpacked).isEqualTo(new LayerUnpacker.Unpacked(3, 6));
    }

    @Test
    void aFailedCallNamesItsEntry() {
        assertThatThrownBy(() -> layer.unpack(new TestTar().file("d/" + "n".repeat(256), "")))
                .isNotInstanceOf(ErrnoException.class)
                .hasMessageContaining("'d/nnn")
                .hasMessageContaining("ENAMETOOLONG");
    }
}
