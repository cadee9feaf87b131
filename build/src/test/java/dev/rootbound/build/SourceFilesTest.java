package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.dockerfile.Ignore;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFilesTest {
    private static final long TENANT = 1000;

    @TempDir Path directory;
    private final FileBudget budgets = new FileBudget();

    private static TarEntry file(
            String name, long size, Map<String, byte[]> xattrs, List<TarEntry.Extent> sparse) {
        return new TarEntry(
                name.getBytes(UTF_8),
                TarEntry.Type.FILE,
                0644,
                0,
                0,
                null,
                size,
                0,
                0,
                new byte[0],
                0,
                0,
                xattrs,
                sparse);
    }

    /** Something that is written as a tar. */
    private interface Files {
        void write(TarOutput tar) throws IOException;
    }

    private SourceFiles read(FileBudget.Part budget, Files files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var tar = new TarOutput(bytes);
        files.write(tar);
        tar.finish();
        return SourceFiles.read(
                new ByteArrayInputStream(bytes.toByteArray()),
                new SourceFiles.Place(directory, budget),
                "build context",
                UnaryOperator.identity());
    }

    /** So that they count for who has sent them, as long as they are there. */
    @Test
    void bytesOnDiskAreToldAsTheyAreWrittenAndWhenTheyAreGone() throws IOException {
        var disk = new AtomicLong();
        Files large =
                tar -> {
                    tar.begin(file("f", 5 << 20, Map.of(), List.of()));
                    for (int i = 0; i < 5; i++) tar.write(new byte[1 << 20], 0, 1 << 20);
                };
        try (var budget = budgets.begin(TENANT, 9 << 20, disk::addAndGet)) {
            try (var _ = read(budget, large)) {
                assertThat(disk.get()).isEqualTo(5 << 20);
            }
            assertThat(disk.get()).isZero();
        }
        LongConsumer full =
                bytes -> {
                    if (disk.addAndGet(bytes) > 2 << 20) throw new EngineException.Denied("full");
                };
        try (var budget = budgets.begin(TENANT, 9 << 20, full)) {
            assertThatThrownBy(() -> read(budget, large).close()).hasMessage("full");
            assertThat(disk.get()).isZero();
        }
    }

    @Test
    void whoIsInterruptedDoesNotWaitForPatterns() throws Exception {
        try (var budget = budgets.begin(TENANT, 1 << 20, _ -> {});
                var files = read(budget, tar -> tar.begin(file("f", 0, Map.of(), List.of())))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> files.remove(Ignore.of(List.of("f"))))
                    .isInstanceOf(InterruptedException.class);
            files.remove(Ignore.of(List.of("f")));
            assertThat(files.root().children()).isEmpty();
        }
    }

    private void isTooMany(Files files) {
        try (var budget = budgets.begin(TENANT, 1 << 20, _ -> {})) {
            assertThatThrownBy(() -> read(budget, files).close())
                    .isInstanceOf(EngineException.Invalid.class)
                    .hasMessageContaining("too many files");
        }
        assertThat(budgets.isEmpty()).isTrue();
    }

    @Test
    void directoriesThatTheArchiveOnlyImpliesAreCounted() {
        var deep = "/d".repeat(900) + "/f";
        isTooMany(tar -> {
            for (int i = 0; i < 1000; i++) tar.begin(file(i + deep, 0, Map.of(), List.of()));
        });
    }

    @Test
    void longNamesAndAttributesAreCountedAsMuchAsTheyTake() {
        isTooMany(tar -> {
            var attribute = Map.of("user.x", new byte[900_000]);
            for (int i = 0; i < 300; i++) tar.begin(file("f" + i, 0, attribute, List.of()));
        });
    }

    private Digest digest(long offset, long size) throws IOException {
        try (var budget = budgets.begin(TENANT, 1 << 20, _ -> {});
                var files =
                        read(
                                budget,
                                tar -> {
                                    var runs = List.of(new TarEntry.Extent(offset, 1));
                                    tar.begin(file("f", size, Map.of(), runs));
                                    tar.write(new byte[] {'x'}, 0, 1);
                                })) {
            var member = new CopyTar.Member("", files.root(), files);
            return CopyTar.digest(List.of(member), UnaryOperator.identity());
        }
    }

    @Test
    void sparseFilesAreTheSameOnlyIfTheirHolesAre() throws IOException {
        var first = digest(4096, 1 << 20);
        assertThat(digest(4096, 1 << 20)).isEqualTo(first);
        assertThat(digest(8192, 1 << 20)).as("elsewhere").isNotEqualTo(first);
        assertThat(digest(4096, 2 << 20)).as("longer").isNotEqualTo(first);
    }
}
