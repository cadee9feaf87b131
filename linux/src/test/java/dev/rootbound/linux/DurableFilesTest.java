package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    private static final byte[] OLD = "the old, longer content".getBytes(US_ASCII);
    private static final byte[] NEW = "new".getBytes(US_ASCII);

    @TempDir Path dir;
    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("state.json");
    }

    @Test
    void aFileIsReplacedWholeAndNobodyElseReadsIt() throws IOException {
        DurableFiles.write(file, OLD);
        DurableFiles.write(file, NEW);
        assertThat(file).hasBinaryContent(NEW);
        assertThat(dir).isDirectoryNotContaining(other -> !other.equals(file));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aWriteThatFailsKeepsTheOldFileAndNamesIt() throws IOException {
        DurableFiles.write(file, OLD);
        Files.createDirectories(dir.resolve(".state.json.tmp").resolve("in the way"));
        assertThatThrownBy(() -> DurableFiles.write(file, NEW))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("write " + file + ": ");
        assertThat(file).hasBinaryContent(OLD);
    }

    @Test
    void aDirectoryThatIsNotThereIsNamedWithTheReason() {
        var lost = dir.resolve("lost").resolve("state.json");
        assertThatThrownBy(() -> DurableFiles.write(lost, NEW))
                .hasMessageStartingWith("write " + lost + ": NoSuchFileException");
    }

    @Test
    void whatACrashCutOffIsToldFromFilesAndOverwritten() throws IOException {
        var cutOff = Files.write(dir.resolve(".state.json.tmp"), OLD);
        assertThat(DurableFiles.isUnfinished(cutOff)).isTrue();
        assertThat(DurableFiles.isUnfinished(file)).isFalse();
        DurableFiles.write(file, NEW);
        assertThat(file).hasBinaryContent(NEW);
        assertThat(cutOff).doesNotExist();
    }

    @Test
    void whatIsNotThereIsDeleted() throws IOException {
        DurableFiles.write(file, NEW);
        DurableFiles.delete(file);
        DurableFiles.delete(file);
        assertThat(file).doesNotExist();
    }

    @Test
    void directoriesAreClosedToOthers() throws IOException {
        var made = DurableFiles.directories(dir.resolve("a").resolve("b"));
        for (var each : new Path[] {made, made.getParent()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rwx------");
        }
    }
}
