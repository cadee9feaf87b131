package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the host's GNU tar writes is read back. */
class GnuTarTest {
    private static final Path TAR = Path.of("/usr/bin/tar");

    @TempDir private Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=gnu --sparse",
                "--format=pax --sparse --sparse-version=0.0",
                "--format=pax --sparse --sparse-version=0.1",
                "--format=pax --sparse --sparse-version=1.0",
                "--format=pax",
                "--format=gnu"
            })
    void sparseFilesComeBackByteForByte(String options) throws Exception {
        var file = Files.createDirectory(dir.resolve("t")).resolve("sparse");
        writeSparse(file, 60); // more runs than a header and an extension block hold
        Files.writeString(dir.resolve("t/after"), "after");
        var arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(List.of("--sort=name", "-cf", "-", "t"));
        var read = expanded(tar(arguments));
        assertThat(read).hasSize(3);
        assertThat(read.get(2)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void namesWithNewlinesAndLongNamesComeBack() throws Exception {
        var names = List.of("plain", "with\nnewline", "x".repeat(200), "d".repeat(250));
        for (var name : names) Files.writeString(dir.resolve(name), name);
        for (var format : List.of("gnu", "pax")) {
            var read = Tars.read(tar(List.of("--format=" + format, "-cf", "-", ".")));
            assertThat(read.stream().map(Tars.Read::text))
                    .containsExactlyInAnyOrder(
                            "", names.get(0), names.get(1), names.get(2), names.get(3));
            assertThat(read)
                    .filteredOn(r -> r.content().length > 0)
                    .allSatisfy(r -> assertThat(r.name()).isEqualTo("./" + r.text()));
        }
    }

    private byte[] tar(List<String> arguments) throws IOException, InterruptedException {
        assumeThat(TAR).isExecutable();
        var command = new ArrayList<>(List.of(TAR.toString(), "-C", dir.toString()));
        command.addAll(arguments);
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var bytes = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return bytes;
    }

    private static void writeSparse(Path file, int runs) throws IOException {
        var random = new Random(3);
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            for (int i = 1; i <= runs; i++) {
                var data = new byte[100 + random.nextInt(3000)];
                random.nextBytes(data);
                channel.write(ByteBuffer.wrap(data), i * 65_536L);
            }
        }
    }

    /** Every entry's whole content, holes as zeros. */
    private static List<byte[]> expanded(byte[] archive) throws IOException {
        try (var tar = new TarReader(new ByteArrayInputStream(archive))) {
            var read = new ArrayList<byte[]>();
            for (var entry = tar.next(); entry != null; entry = tar.next()) {
                var content = Tars.content(tar);
                read.add(entry.sparse().isEmpty() ? content : expand(entry, content));
            }
            return read;
        }
    }

    private static byte[] expand(TarEntry entry, byte[] data) {
        var whole = new byte[(int) entry.size()];
        int at = 0;
        for (var run : entry.sparse()) {
            System.arraycopy(data, at, whole, (int) run.offset(), (int) run.length());
            at += (int) run.length();
        }
        var out = new ByteArrayOutputStream();
        out.writeBytes(whole);
        return out.toByteArray();
    }
}
