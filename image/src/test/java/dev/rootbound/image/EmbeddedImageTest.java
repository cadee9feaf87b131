package dev.rootbound.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedImageTest {
    @TempDir private Path dir;
    private Store store;
    private Path busybox;

    @BeforeEach
    void open() throws IOException {
        store = new Store(dir);
        busybox = Files.write(dir.resolve("busybox"), elf(1));
    }

    /** A 64-bit ELF header with one segment. */
    private static byte[] elf(int segment) {
        var elf = new byte[64 + 56];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, elf, 0, 7);
        elf[32] = 64;
        elf[54] = 56;
        elf[56] = 1;
        elf[64] = (byte) segment;
        return elf;
    }

    private Image add() throws IOException {
        var embedded = new EmbeddedImage(store.images, store.content, store.layers);
        return embedded.add(Store.ALICE, busybox, List.of("sh", "[", "busybox", "env"), Store.HOST);
    }

    @Test
    void theSameBusyboxGivesTheSameImage() throws Exception {
        var first = add();
        store = new Store(Files.createDirectory(dir.resolve("other")));
        assertThat(add()).isEqualTo(first);
        assertThat(first.names()).containsExactly("rootbound/busybox:latest");
        assertThat(first.config().config().cmd()).containsExactly("sh");
        assertThat(first.config().config().env())
                .singleElement()
                .asString()
                .startsWith("PATH=/usr");
    }

    @Test
    void theLayerHoldsWhatAShellNeeds() throws Exception {
        var blob = add().layers().getFirst().blob();
        var read = Tars.read(store.content.open(blob).readAllBytes());
        assertThat(named(read, "bin/busybox").content()).isEqualTo(Files.readAllBytes(busybox));
        assertThat(named(read, "bin/sh").entry().linkName()).asString().isEqualTo("busybox");
        assertThat(named(read, "bin/[").entry().type()).isEqualTo(TarEntry.Type.SYMLINK);
        assertThat(named(read, "tmp/").entry().mode()).isEqualTo(01777);
        assertThat(named(read, "root/").entry().mode()).isEqualTo(0700);
        assertThat(named(read, "etc/shadow").entry().mode()).isEqualTo(0600);
        assertThat(named(read, "etc/passwd").text())
                .startsWith("root:x:0:0:root:/root:/bin/sh\n")
                .contains("\nnobody:x:65534:65534:");
        assertThat(named(read, "etc/group").text())
                .startsWith("root:x:0:\n")
                .contains("\nwheel:x:10:root\n");
    }

    private static Tars.Read named(List<Tars.Read> read, String name) {
        return read.stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void anAppletWithASlashIsRefused() {
        var embedded = new EmbeddedImage(store.images, store.content, store.layers);
        assertThatThrownBy(() -> embedded.add(Store.ALICE, busybox, List.of("../sh"), Store.HOST))
                .hasMessageContaining("'../sh'");
    }

    @Test
    void theFirstStaticCandidateIsTaken() throws Exception {
        var dynamic = Files.write(dir.resolve("dynamic"), elf(3));
        var script =
                Files.writeString(dir.resolve("script"), "#!/bin/sh\n", StandardCharsets.UTF_8);
        var absent = dir.resolve("absent");
        assertThat(EmbeddedImage.busybox(List.of(absent, script, dynamic, busybox)))
                .isEqualTo(busybox);
        assertThatThrownBy(() -> EmbeddedImage.busybox(List.of(absent, script, dynamic)))
                .hasMessageContaining("no static busybox among")
                .hasMessageContaining("install the package busybox-static");
    }

    @Test
    void realProgramsAreToldApart() throws Exception {
        assertThat(Elf.isStatic(Path.of("/bin/sh"))).isFalse();
        var real = Path.of("/usr/bin/busybox");
        if (Files.exists(real)) assertThat(Elf.isStatic(real)).isTrue();
    }
}
