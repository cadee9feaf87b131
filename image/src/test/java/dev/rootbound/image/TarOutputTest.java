package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;

class TarOutputTest {
    private static TarEntry entry(String name, TarEntry.Type type, long id, long size) {
        return new TarEntry(
                name.getBytes(UTF_8),
                type,
                04755,
                id,
                id + 1,
                null,
                size,
                -7,
                250_000_000,
                "target/".repeat(20).getBytes(UTF_8),
                1,
                3,
                Map.of("user.x", new byte[] {0, (byte) 0xff, '\n', '='}),
                List.of());
    }

    private static byte[] written(TarEntry entry, String content) throws IOException {
        var out = new ByteArrayOutputStream();
        var tar = new TarOutput(out);
        tar.begin(entry);
        tar.write(content.getBytes(UTF_8), 0, content.length());
        tar.finish();
        return out.toByteArray();
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        var name = "ü/" + "n".repeat(300);
        var wanted = entry(name, TarEntry.Type.FILE, 4_000_000_000L, 5);
        var read = Tars.read(written(wanted, "hello")).getFirst();
        assertThat(read.name()).isEqualTo(name);
        assertThat(read.text()).isEqualTo("hello");
        assertThat(read.entry())
                .usingRecursiveComparison()
                .ignoringFields("name", "linkName", "deviceMajor", "deviceMinor", "userName")
                .isEqualTo(wanted);
    }

    @Test
    void commonsCompressReadsIt() throws IOException {
        var name = "n".repeat(300);
        var bytes = written(entry(name, TarEntry.Type.FILE, 3_000_000, 5), "hello");
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
            var read = tar.getNextEntry();
            assertThat(read.getName()).isEqualTo(name);
            assertThat(read.getLongUserId()).isEqualTo(3_000_000);
            assertThat(read.getMode()).isEqualTo(04755);
            assertThat(read.getLastModifiedTime().toInstant())
                    .isEqualTo(java.time.Instant.ofEpochSecond(-7, 250_000_000));
            assertThat(tar.readAllBytes()).asString().isEqualTo("hello");
            assertThat(tar.getNextEntry()).isNull();
        }
    }

    @Test
    void linksAndDevicesKeepWhatTheyPointTo() throws IOException {
        var link = Tars.read(written(entry("l", TarEntry.Type.SYMLINK, 0, 0), "")).getFirst();
        assertThat(link.entry().linkName()).asString().isEqualTo("target/".repeat(20));
        var device =
                Tars.read(written(entry("d", TarEntry.Type.CHARACTER_DEVICE, 0, 0), "")).getFirst();
        assertThat(device.entry().deviceMajor()).isEqualTo(1);
        assertThat(device.entry().deviceMinor()).isEqualTo(3);
    }

    @Test
    void aFileHasExactlyItsSize() {
        var five = entry("f", TarEntry.Type.FILE, 0, 5);
        assertThatThrownBy(() -> written(five, "hell")).hasMessageContaining("less content");
        assertThatThrownBy(() -> written(five, "hello!")).hasMessageContaining("more content");
    }

    @Test
    void aRecordsLengthCountsItsOwnDigits() throws IOException {
        for (int length = 80; length < 115; length++) {
            var name = "n".repeat(length);
            var read = Tars.read(written(entry(name, TarEntry.Type.DIRECTORY, 0, 0), ""));
            assertThat(read.getFirst().name()).isEqualTo(name);
        }
    }

    @Test
    void ofASparseFileOnlyItsDataIsWritten() throws IOException {
        var name = "n".repeat(300);
        var runs = List.of(new TarEntry.Extent(1 << 20, 4), new TarEntry.Extent(3 << 20, 3));
        var bytes = written(sparse(name, 5 << 20, runs), "dataend");
        assertThat(bytes.length).isLessThan(8192);
        var read = Tars.read(bytes).getFirst();
        assertThat(read.name()).isEqualTo(name);
        assertThat(read.entry().size()).isEqualTo(5 << 20);
        assertThat(read.entry().sparse()).isEqualTo(runs);
        assertThat(read.text()).isEqualTo("dataend");
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
            assertThat(tar.getNextEntry().getName()).isEqualTo(name);
            var whole = tar.readAllBytes();
            assertThat(whole).hasSize(5 << 20);
            assertThat(new String(whole, 1 << 20, 4, UTF_8)).isEqualTo("data");
            assertThat(new String(whole, 3 << 20, 3, UTF_8)).isEqualTo("end");
            assertThat(tar.getNextEntry()).isNull();
        }
    }

    @Test
    void aFileThatIsOneHoleHasItsSize() throws IOException {
        var hole = sparse("hole", 7, List.of(new TarEntry.Extent(7, 0)));
        var read = Tars.read(written(hole, "")).getFirst();
        assertThat(read.entry().size()).isEqualTo(7);
        assertThat(read.entry().sparse()).isEqualTo(hole.sparse());
    }

    private static TarEntry sparse(String name, long size, List<TarEntry.Extent> runs) {
        var type = TarEntry.Type.FILE;
        var none = new byte[0];
        var bytes = name.getBytes(UTF_8);
        return new TarEntry(bytes, type, 0644, 0, 0, null, size, 0, 0, none, 0, 0, Map.of(), runs);
    }
}
