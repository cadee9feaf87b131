package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private static final byte[] PLAIN = "some content ".repeat(5000).getBytes(UTF_8);

    static byte[] gzip(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] read(byte[] bytes) throws IOException {
        return Compression.decompress(new ByteArrayInputStream(bytes)).readAllBytes();
    }

    @Test
    void plainGzipAndZstdAreRead() throws Exception {
        assertThat(read(PLAIN)).isEqualTo(PLAIN);
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read(new byte[] {0x1f})).hasSize(1);
        assertThat(read(gzip(PLAIN))).isEqualTo(PLAIN);
        assertThat(read(Zstd.compress(PLAIN))).isEqualTo(PLAIN);
    }

    @Test
    void everyMemberIsRead() throws Exception {
        var twice = Tars.join(PLAIN, PLAIN);
        assertThat(read(Tars.join(gzip(PLAIN), gzip(PLAIN)))).isEqualTo(twice);
        assertThat(read(Tars.join(Zstd.compress(PLAIN), Zstd.compress(PLAIN)))).isEqualTo(twice);
    }

    @Test
    void aSecondMemberIsReadFromAStreamThatNeverSaysItHasMore() throws Exception {
        var first = gzip(PLAIN);
        var socket =
                new ByteArrayInputStream(Tars.join(first, gzip(PLAIN))) {
                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        int packet = pos < first.length ? first.length - pos : length;
                        return super.read(buffer, offset, Math.min(length, packet));
                    }

                    @Override
                    public synchronized int available() {
                        return 0;
                    }
                };
        assertThat(Compression.decompress(socket).readAllBytes()).hasSize(2 * PLAIN.length);
    }

    @Test
    void cutAndDamagedStreamsAreErrors() throws Exception {
        var damaged = gzip(PLAIN);
        damaged[damaged.length - 5]++;
        for (var bytes :
                new byte[][] {
                    damaged,
                    Arrays.copyOf(gzip(PLAIN), 100),
                    Arrays.copyOf(gzip(PLAIN), 5),
                    Arrays.copyOf(Zstd.compress(PLAIN), 20)
                }) {
            assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void bzip2AndXzAreRefusedWithARemedy() {
        assertThatThrownBy(() -> read("BZh91AY".getBytes(UTF_8)))
                .hasMessageContaining("bzip2 is not supported: decompress it with bunzip2");
        assertThatThrownBy(() -> read(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0}))
                .hasMessageContaining("xz is not supported");
    }
}
