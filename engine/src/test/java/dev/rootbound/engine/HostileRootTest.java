package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kernel")
class HostileRootTest {
    private static final Caller CALLER = TestEngine.CALLER;

    @TempDir Path temp;

    /** The runtime makes and removes files below /dev before it has changed its root. */
    @ParameterizedTest
    @ValueSource(strings = {"dev", "proc", "sys"})
    void anImageWhoseMountPointIsALinkToTheHostIsRefused(String name) throws Exception {
        var canary = Files.createDirectory(temp.resolve("canary"));
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(canary.resolve("ptmx"), "precious");
        var root = temp.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/sh"));
        Files.createSymbolicLink(root.resolve(name), canary);
        var tar = new ProcessBuilder("tar", "-C", root.toString(), "-c", ".").start();
        try (var test = new TestEngine()) {
            var image =
                    test.engine.importImage(
                            CALLER,
                            tar.getInputStream(),
                            "rootbound/busybox:latest",
                            "",
                            List.of());
            assertThat(image.names()).contains("rootbound/busybox:latest");
            var id = test.create(TestSpec.shell("true"));
            assertThatThrownBy(() -> test.start(id))
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("/" + name + " of the image is not a directory");
            test.engine.delete(CALLER, id, false);
            assertThat(Leftovers.of(test)).isEmpty();
        }
        try (var left = Files.list(canary)) {
            assertThat(left).containsExactly(canary.resolve("ptmx"));
        }
        assertThat(canary.resolve("ptmx")).hasContent("precious");
    }
}
