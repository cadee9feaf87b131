package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class CanariesTest {
    private static final long UID = 60_901;
    private static final Canaries.Removal NO_TWIN = (_, _) -> {};

    @TempDir Path directory;

    private Path records() {
        return directory.resolve("runs");
    }

    private Canaries make() throws IOException {
        var program = AgentProgram.install(directory.resolve("bin"));
        return Canaries.make(program, records(), UID, UID, new SecureRandom());
    }

    private static Path run(Canaries canaries) {
        return Path.of("/tmp", canaries.name());
    }

    @Test
    void aRunLeavesNeitherDirectoryNorRecord() throws IOException {
        var canaries = make();
        Files.createDirectories(canaries.shared().resolve("made/by/its/tenant"));
        canaries.close();
        assertThat(run(canaries)).doesNotExist();
        assertThat(records()).isEmptyDirectory();
    }

    /** A mount stands for whatever may be in the way. */
    @Test
    void aRemovalThatFailsIsTriedAgainByTheNextEngine() throws IOException {
        var canaries = make();
        var inTheWay = canaries.shared().resolve("sticky");
        Mounts.mount("tmpfs", inTheWay.toString(), "tmpfs", 0, "");
        try {
            assertThatThrownBy(canaries::close).isInstanceOf(IOException.class);
            assertThat(records().resolve(canaries.name())).hasContent(Long.toString(UID));
            assertThatThrownBy(() -> Canaries.sweep(records(), NO_TWIN))
                    .isInstanceOf(IOException.class);
            assertThat(records().resolve(canaries.name())).exists();
        } finally {
            detachAll(run(canaries));
        }
        Canaries.sweep(records(), NO_TWIN);
        assertThat(run(canaries)).doesNotExist();
        assertThat(records()).isEmptyDirectory();
    }

    /** Where the removal has moved it. */
    private static void detachAll(Path below) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            var point = Path.of(line.split(" ")[4]);
            if (point.startsWith(below)) Mounts.detach(point);
        }
    }

    @Test
    void whatIsLeftOfOneRunDoesNotKeepTheOthers() throws IOException {
        Files.createDirectories(records());
        for (var name : new String[] {"a", "b", "c"})
            Files.writeString(records().resolve("rootbound-attack-no-run-" + name), "7");
        var asked = new ArrayList<String>();
        Canaries.Removal twins =
                (name, _) -> {
                    asked.add(name);
                    if (name.endsWith("b")) throw new IOException("busy");
                };
        assertThatThrownBy(() -> Canaries.sweep(records(), twins)).hasMessageContaining("busy");
        assertThat(asked).hasSize(3);
        assertThat(records().toFile().list()).containsExactly("rootbound-attack-no-run-b");
    }
}
