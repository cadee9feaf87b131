package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With nodes of /dev/null and /dev/zero, which nobody opens. */
@Tag("kernel")
class HostDevicesTest {
    private static final int MEMORY = 1;
    private static final int NULL = 3;
    private static final int ZERO = 5;
    private static final long TENANT = 5_000_001;

    @TempDir Path top;
    private Path devices = Path.of("/");

    @BeforeEach
    void directory() throws IOException {
        Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwxr-xr-x"));
        devices = Files.createDirectory(top.resolve("devices"));
    }

    private static void node(Path directory, byte[] name, int minor) throws IOException {
        try (var dir = Dir.open(directory)) {
            dir.mknod(name, Stat.CHARACTER_DEVICE, MEMORY, minor);
        }
    }

    private static void node(Path directory, String name) throws IOException {
        node(directory, name.getBytes(US_ASCII), NULL);
    }

    private static List<HostDevices.Node> find(Path source) throws IOException {
        var spec =
                TestSpec.of("true")
                        .isolation(
                                TestIsolation.devices(
                                        new HostDevice(source.toString(), "/dev/x", "rw")));
        return HostDevices.find(TestContainers.of("a".repeat(64), "box", TENANT, spec.build()));
    }

    private static List<String> targets(Path source) throws IOException {
        return find(source).stream().map(HostDevices.Node::target).sorted().toList();
    }

    @Test
    void theNodesBelowADirectoryAreFoundWithoutLinksAndOtherFiles() throws IOException {
        var below = Files.createDirectory(devices.resolve("below"));
        node(devices, "one");
        node(below, "two");
        Files.createFile(below.resolve("file"));
        Files.createSymbolicLink(below.resolve("cycle"), devices);
        Files.createSymbolicLink(below.resolve("link"), devices.resolve("one"));
        assertThat(targets(devices)).containsExactly("/dev/x/below/two", "/dev/x/one");
        assertThat(targets(below.resolve("link"))).containsExactly("/dev/x");
    }

    @Test
    void namesThatCannotBeToldApartAreRefused() throws IOException {
        node(devices, "a\u00fe".getBytes(ISO_8859_1), NULL);
        node(devices, "a\u00ff".getBytes(ISO_8859_1), ZERO);
        assertThatThrownBy(() -> find(devices))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("in it is not UTF-8");
    }

    @Test
    void aDirectoryOfManyFilesOrDevicesIsRefused() throws IOException {
        for (int i = 0; i < 257; i++) node(devices, "n" + i);
        assertThatThrownBy(() -> find(devices)).hasMessageEndingWith("256 devices are the most");
        var many = Files.createDirectory(top.resolve("many"));
        for (int i = 0; i < 4096; i++) Files.createFile(many.resolve("f" + i));
        assertThat(find(many)).isEmpty();
        Files.createFile(many.resolve("more"));
        assertThatThrownBy(() -> find(many))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageEndingWith("there are more than 4096 files below it");
    }

    @Test
    void whatIsNoDeviceAndWhatTheTenantCannotReachIsRefused() throws IOException {
        var file = Files.createFile(devices.resolve("file"));
        assertThatThrownBy(() -> find(file)).hasMessageContaining("neither a device nor");
        assertThatThrownBy(() -> find(devices.resolve("none"))).hasMessageContaining("ENOENT");
        node(devices, "one");
        Files.setPosixFilePermissions(devices, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> find(devices.resolve("one"))).hasMessageContaining("EACCES");
        assertThatThrownBy(() -> find(devices)).hasMessageContaining("EACCES");
    }
}
