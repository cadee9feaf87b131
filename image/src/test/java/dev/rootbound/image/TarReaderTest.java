package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.image.TarEntry.Extent;
import java.io.ByteArrayOutputStream;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarReaderTest {
    private static final byte[] BINARY = {1, 0, 0, 2, (byte) 0xff, '\n', '=', 0, (byte) 0x80};

    @Test
    void anEmptyArchiveHasNoEntries() throws Exception {
        assertThat(Tars.read(new byte[1024])).isEmpty();
        assertThat(Tars.read(new byte[0])).isEmpty();
    }

    @Test
    void everyTypeIsRead() throws Exception {
        var tar =
                Tars.tar(t -> {
                    t.directory("d", 01777);
                    t.file("d/f", 04755, "hello".getBytes(UTF_8));
                    t.symlink("s", "../x");
                    t.add('1', "h", 0, "d/f", new byte[0]);
                    t.add('6', "p", 0600, "", new byte[0]);
                    t.add('3', "c", 0600, "", new byte[0]);
                    t.add('4', "b", 0600, "", new byte[0]);
                    t.add('7', "contiguous", 0600, "", "x".getBytes(UTF_8));
                    t.add('\0', "v7/", 0700, "", new byte[0]);
                    t.add('\0', "v7/file", 0600, "", new byte[0]);
                });
        var read = Tars.read(tar);
        assertThat(read.stream().map(r -> r.entry().type()))
                .containsExactly(
                        TarEntry.Type.DIRECTORY,
                        TarEntry.Type.FILE,
                        TarEntry.Type.SYMLINK,
                        TarEntry.Type.HARD_LINK,
                        TarEntry.Type.FIFO,
                        TarEntry.Type.CHARACTER_DEVICE,
                        TarEntry.Type.BLOCK_DEVICE,
                        TarEntry.Type.FILE,
                        TarEntry.Type.DIRECTORY,
                        TarEntry.Type.FILE);
        assertThat(read.get(0).entry().mode()).isEqualTo(01777);
        assertThat(read.get(1).text()).isEqualTo("hello");
        assertThat(read.get(1).entry().mode()).isEqualTo(04755);
        assertThat(new String(read.get(2).entry().linkName(), UTF_8)).isEqualTo("../x");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void longNamesBigNumbersAndDevicesAreReadAsCommonsCompressWritesThem(int mode)
            throws Exception {
        var name = "directory/".repeat(40) + "ü";
        var link = "l".repeat(300);
        var bytes = new ByteArrayOutputStream();
        try (var out = new TarArchiveOutputStream(bytes, "UTF-8")) {
            out.setLongFileMode(mode);
            out.setBigNumberMode(
                    mode == TarArchiveOutputStream.LONGFILE_GNU
                            ? TarArchiveOutputStream.BIGNUMBER_STAR
                            : TarArchiveOutputStream.BIGNUMBER_POSIX);
            var file = new TarArchiveEntry(name);
            file.setSize(3);
            file.setIds(3_000_000, 4_000_000);
            file.setUserName("someone");
            file.setLastModifiedTime(FileTime.fromMillis(-86_400_000L));
            out.putArchiveEntry(file);
            out.write("abc".getBytes(UTF_8));
            out.closeArchiveEntry();
            var symlink = new TarArchiveEntry("link", TarArchiveEntry.LF_SYMLINK);
            symlink.setLinkName(link);
            out.putArchiveEntry(symlink);
            out.closeArchiveEntry();
            var device = new TarArchiveEntry("null", TarArchiveEntry.LF_CHR);
            device.setDevMajor(1);
            device.setDevMinor(3);
            out.putArchiveEntry(device);
            out.closeArchiveEntry();
        }
        var read = Tars.read(bytes.toByteArray());
        assertThat(read).hasSize(3);
        assertThat(read.get(0).name()).isEqualTo(name);
        assertThat(read.get(0).text()).isEqualTo("abc");
        assertThat(read.get(0).entry().uid()).isEqualTo(3_000_000);
        assertThat(read.get(0).entry().gid()).isEqualTo(4_000_000);
        assertThat(read.get(0).entry().userName()).isEqualTo("someone");
        assertThat(read.get(0).entry().mtimeSeconds()).isEqualTo(-86_400);
        assertThat(new String(read.get(1).entry().linkName(), UTF_8)).isEqualTo(link);
        assertThat(read.get(2).entry().deviceMajor()).isEqualTo(1);
        assertThat(read.get(2).entry().deviceMinor()).isEqualTo(3);
    }

    @Test
    void paxRecordsOverrideTheHeaderAndKeepBytes() throws Exception {
        var pax =
                Tars.join(
                        Tars.record("path", new byte[] {'n', (byte) 0xfe, '\n'}),
                        Tars.record("uid", "70000"),
                        Tars.record("mtime", "-1.25"),
                        Tars.record("SCHILY.xattr.security.capability", BINARY),
                        Tars.record("SCHILY.xattr.user.empty", ""),
                        Tars.record("LIBARCHIVE.xattr.user.a%3Db", "AAH/"),
                        Tars.record("comment", "x"));
        var tar =
                Tars.tar(t -> {
                    t.add('x', "PaxHeader", 0644, "", pax);
                    t.file("other", 0644, BINARY);
                    t.file("next", 0644, BINARY);
                });
        var read = Tars.read(tar);
        var entry = read.getFirst().entry();
        assertThat(entry.name()).containsExactly('n', 0xfe, '\n');
        assertThat(entry.uid()).isEqualTo(70_000);
        assertThat(entry.mtimeSeconds()).isEqualTo(-2);
        assertThat(entry.mtimeNanos()).isEqualTo(750_000_000);
        assertThat(entry.xattrs())
                .containsOnlyKeys("security.capability", "user.empty", "user.a=b");
        assertThat(entry.xattrs().get("security.capability")).isEqualTo(BINARY);
        assertThat(entry.xattrs().get("user.a=b")).containsExactly(0, 1, 0xff);
        assertThat(read.getFirst().content()).isEqualTo(BINARY);
        assertThat(read.getLast().entry().xattrs()).isEmpty();
        assertThat(read.getLast().entry().uid()).isZero();
    }

    @Test
    void aGlobalHeaderHoldsForEveryEntryUntilTakenBack() throws Exception {
        var tar =
                Tars.tar(t -> {
                    t.add('g', "g", 0, "", Tars.record("uid", "7"));
                    t.file("a", 0644, BINARY);
                    t.add('x', "x", 0, "", Tars.record("uid", ""));
                    t.file("b", 0644, BINARY);
                    t.file("c", 0644, BINARY);
                });
        assertThat(Tars.read(tar).stream().map(r -> r.entry().uid())).containsExactly(7L, 0L, 7L);
    }

    @Test
    void aGlobalHeaderCannotNameOrSizeFiles() throws Exception {
        var pax = Tars.join(Tars.record("path", "evil"), Tars.record("size", "1"));
        var tar =
                Tars.tar(t -> {
                    t.add('g', "g", 0, "", pax);
                    t.file("a", 0644, BINARY);
                });
        assertThat(Tars.read(tar).getFirst().name()).isEqualTo("a");
        assertThat(Tars.read(tar).getFirst().content()).isEqualTo(BINARY);
    }

    @Test
    void whatIsLeftOfAnEntryIsSkipped() throws Exception {
        var tar =
                Tars.tar(t -> {
                    t.file("a", 0644, new byte[100_000]);
                    t.file("b", 0644, BINARY);
                });
        try (var reader = new TarReader(new java.io.ByteArrayInputStream(tar))) {
            assertThat(reader.next()).isNotNull();
            assertThat(reader.read(new byte[10], 0, 10)).isEqualTo(10);
            assertThat(reader.next()).hasToString("FILE b");
            assertThat(reader.next()).isNull();
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void theTrailerMayBeMissingAndRubbishMayFollowIt() throws Exception {
        var tar = Tars.tar(t -> t.file("a", 0644, BINARY));
        assertThat(Tars.read(Arrays.copyOf(tar, 1024))).hasSize(1);
        assertThat(Tars.read(Arrays.copyOf(tar, 512 + BINARY.length))).hasSize(1);
        assertThat(Tars.read(Arrays.copyOf(tar, 1536))).hasSize(1);
        assertThat(Tars.read(Tars.join(tar, "rubbish".getBytes(UTF_8)))).hasSize(1);
    }

    @Test
    void aCutArchiveIsRefused() {
        var tar = Tars.tar(t -> t.file("a", 0644, BINARY));
        for (int length = 1; length < 512 + BINARY.length; length++) {
            if (length == 512) continue;
            var cut = Arrays.copyOf(tar, length);
            assertThatThrownBy(() -> Tars.read(cut)).isInstanceOf(TarException.class);
        }
    }

    @Test
    void sparse00And01AreRead() throws Exception {
        var data = "abcdef".getBytes(UTF_8);
        var v00 =
                Tars.join(
                        Tars.record("GNU.sparse.size", "100"),
                        Tars.record("GNU.sparse.numblocks", "2"),
                        Tars.record("GNU.sparse.offset", "10"),
                        Tars.record("GNU.sparse.numbytes", "4"),
                        Tars.record("GNU.sparse.offset", "50"),
                        Tars.record("GNU.sparse.numbytes", "2"));
        var v01 =
                Tars.join(
                        Tars.record("GNU.sparse.size", "100"),
                        Tars.record("GNU.sparse.name", "real"),
                        Tars.record("GNU.sparse.map", "10,4,50,2,100,0"));
        for (var pax : new byte[][] {v00, v01}) {
            var tar =
                    Tars.tar(t -> {
                        t.add('x', "x", 0, "", pax);
                        t.file("real", 0644, data);
                    });
            var read = Tars.read(tar).getFirst();
            assertThat(read.name()).isEqualTo("real");
            assertThat(read.entry().size()).isEqualTo(100);
            assertThat(read.entry().sparse()).containsExactly(new Extent(10, 4), new Extent(50, 2));
            assertThat(read.content()).isEqualTo(data);
        }
    }

    @Test
    void aFileThatIsOneHoleIsStillSparse() throws Exception {
        var pax =
                Tars.join(
                        Tars.record("GNU.sparse.size", "1000000000000"),
                        Tars.record("GNU.sparse.map", "1000000000000,0"));
        var tar =
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", pax);
                    t.file("hole", 0644, new byte[0]);
                });
        var entry = Tars.read(tar).getFirst().entry();
        assertThat(entry.size()).isEqualTo(1_000_000_000_000L);
        assertThat(entry.sparse()).containsExactly(new Extent(1_000_000_000_000L, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0,4,2,2", // overlaps
                "50,2,10,4", // out of order
                "0,5", // less data than the archive
                "0,7", // more
                "95,6", // beyond the end
                "9223372036854775807,6",
                "0,99999999999999999999",
                "-1,6",
                "0",
                "x,y"
            })
    void aBadSparseMapIsRefused(String map) {
        var pax =
                Tars.join(
                        Tars.record("GNU.sparse.size", "100"), Tars.record("GNU.sparse.map", map));
        assertRefused(
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", pax);
                    t.file("f", 0644, new byte[6]);
                }),
                "'f' at offset 0: its sparse map");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "99 path=x\n",
                "3 path=x\n",
                "-1 path=x\n",
                "path=x\n",
                "10 path=xy",
                "9 pathxxx\n",
                "5 =x\n",
                "99999999999999 path=x\n",
                "0 path=x\n"
            })
    void aBadPaxRecordIsRefused(String record) {
        assertRefused(
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", record.getBytes(UTF_8));
                    t.file("f", 0644, new byte[6]);
                }),
                "pax record");
    }

    @ParameterizedTest
    @ValueSource(strings = {"size=-1", "size=9223372036854775808", "uid=-5", "mtime=now", "uid=1x"})
    void aBadPaxNumberIsRefused(String pair) {
        var equals = pair.indexOf('=');
        var pax = Tars.record(pair.substring(0, equals), pair.substring(equals + 1));
        assertRefused(
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", pax);
                    t.file("f", 0644, new byte[6]);
                }),
                "'f' at offset 0: its " + pair.substring(0, equals));
    }

    @Test
    void aNegativeOrHugeSizeIsRefused() {
        assertRefused(
                withSize(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}),
                "size is -1");
        assertRefused(withSize(new byte[] {-128, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}), "too large");
        assertRefused(withSize("99999999999\0".getBytes(UTF_8)), "size is not an octal number");
        assertRefused(withSize("17777777777\0".getBytes(UTF_8)), "bytes before the end");
    }

    @Test
    void headersThatClaimTwoGigabytesAreRefusedUnread() {
        for (char type : new char[] {'x', 'g', 'L', 'K'}) {
            var tar = Tars.tar(t -> t.add(type, "f", 0644, "", new byte[0]));
            setSize(tar, "17777777777\0".getBytes(UTF_8));
            assertRefused(tar, "claims 2147483647 bytes");
        }
    }

    @Test
    void manyGlobalHeadersAreRefused() {
        assertRefused(
                Tars.tar(t -> {
                    for (int i = 0; i < 3; i++) {
                        t.add('g', "g", 0, "", Tars.record("k" + i, new byte[500_000]));
                    }
                }),
                "exceed 1048576 bytes");
    }

    @Test
    void tooLongANameIsRefused() {
        var pax = Tars.record("path", "x".repeat(65 * 1024));
        assertRefused(
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", pax);
                    t.file("f", 0644, new byte[6]);
                }),
                "its name has 66560 bytes, limit 65536");
    }

    @Test
    void namesThatAreNoneAreRefused() {
        assertRefused(Tars.tar(t -> t.file("", 0644, new byte[6])), "it has no name");
        assertRefused(Tars.tar(t -> t.symlink("s", "")), "'s' at offset 0: it links to nothing");
        assertRefused(
                Tars.tar(t -> {
                    t.add('x', "x", 0, "", Tars.record("path", "a\0b"));
                    t.file("f", 0644, new byte[6]);
                }),
                "NUL");
    }

    @Test
    void anUnknownTypeIsRefusedByName() {
        assertRefused(
                Tars.tar(t -> {
                    t.file("a", 0644, new byte[6]);
                    t.add('D', "dump", 0, "", new byte[0]);
                }),
                "tar entry 'dump' at offset 1024: its type 'D' is unknown");
    }

    @Test
    void aWrongChecksumAndATextFileAreRefused() {
        var tar = Tars.tar(t -> t.file("a", 0644, new byte[6]));
        tar[0]++;
        assertRefused(tar, "checksum is wrong");
        assertRefused(new byte[600], "ends in a header");
        assertRefused("not a tar\n".repeat(100).getBytes(UTF_8), "checksum");
    }

    @Test
    void headersWithoutAnEntryAreRefused() {
        assertRefused(
                Tars.tar(t -> t.add('x', "x", 0, "", Tars.record("uid", "1"))),
                "the archive ends after its headers");
    }

    private static byte[] withSize(byte[] field) {
        var tar = Tars.tar(t -> t.file("f", 0644, new byte[0]));
        setSize(tar, field);
        return tar;
    }

    private static void setSize(byte[] tar, byte[] field) {
        System.arraycopy(field, 0, tar, 124, 12);
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) sum += tar[i] & 0xff;
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(UTF_8), 0, tar, 148, 8);
    }

    private static void assertRefused(byte[] tar, String message) {
        assertThatThrownBy(() -> Tars.read(tar))
                .isInstanceOf(TarException.class)
                .hasMessageContaining(message);
    }
}
