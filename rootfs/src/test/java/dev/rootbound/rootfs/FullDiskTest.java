package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class FullDiskTest {
    private static final Digest A = new Digest("a".repeat(64));

    @TempDir Path temp;

    private static void run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void aFullDiskIsNamedWithTheEntryAndLeavesNothing() throws Exception {
        var image = temp.resolve("image");
        var disk = Files.createDirectory(temp.resolve("disk"));
        run("truncate", "-s", "8M", image.toString());
        run("mkfs.ext4", "-q", image.toString());
        run("mount", "-o", "loop", image.toString(), disk.toString());
        try (var layers =
                new Layers(disk.resolve("trees"), disk.resolve("records"), () -> Long.MAX_VALUE)) {
            var tar = new TestTar();
            for (int i = 0; i < 12; i++) tar.file("d/megabyte-" + i, "x".repeat(1 << 20));
            assertThatThrownBy(() -> layers.unpack(A, new ByteArrayInputStream(tar.end())))
                    .hasMessageContaining("'d/megabyte-")
                    .hasMessageContaining("ENOSPC");
            assertThat(disk.resolve("trees")).isEmptyDirectory();
            assertThat(disk.resolve("records")).isEmptyDirectory();
            layers.unpack(A, new ByteArrayInputStream(new TestTar().file("f", "fits").end()));
            assertThat(layers.has(A)).isTrue();
        } finally {
            run("umount", disk.toString());
        }
    }
}
