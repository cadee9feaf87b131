package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
    @TempDir private Path dir;
    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        store = new ContentStore(dir.resolve("content"));
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void contentComesBackByItsDigest() throws Exception {
        var blob = store.put(bytes("hello"), null);
        assertThat(blob.digest())
                .hasToString(
                        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assertThat(blob.size()).isEqualTo(5);
        assertThat(store.open(blob.digest()).readAllBytes()).asString().isEqualTo("hello");
        assertThat(store.size(blob.digest())).isEqualTo(5);
        assertThat(new ContentStore(dir.resolve("content")).exists(blob.digest())).isTrue();
    }

    @Test
    void nobodyElseMayRead() throws Exception {
        var blob = store.put(bytes("hello"), null);
        assertThat(mode(dir.resolve("content/blobs/sha256/" + blob.digest().hex())))
                .isEqualTo("rw-------");
        assertThat(mode(dir.resolve("content"))).isEqualTo("rwx------");
        assertThat(mode(dir.resolve("content/blobs/sha256"))).isEqualTo("rwx------");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aWrongDigestIsRefusedAndLeavesNothing() throws Exception {
        var other = Sha256.of("other".getBytes(UTF_8));
        assertThatThrownBy(() -> store.put(bytes("hello"), other))
                .hasMessageContaining("store " + other)
                .hasMessageContaining("2cf24d");
        assertNothingLeft();
    }

    @Test
    void aStreamThatFailsLeavesNothing() throws Exception {
        var failing =
                new ByteArrayInputStream(new byte[300_000]) {
                    @Override
                    public int read(byte[] buffer) throws IOException {
                        if (pos > 200_000) throw new IOException("connection lost");
                        return super.read(buffer);
                    }
                };
        assertThatThrownBy(() -> store.put(failing, null)).hasMessage("connection lost");
        assertNothingLeft();
    }

    @Test
    void aDeadEnginesTemporaryFilesAreRemoved() throws Exception {
        Files.writeString(dir.resolve("content/incoming/123"), "x");
        assertThat(new ContentStore(dir.resolve("content")).list()).isEmpty();
        assertNothingLeft();
    }

    @Test
    void theSameContentPutByManyAtOnceIsThereOnce() throws Exception {
        var text = "x".repeat(200_000);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var puts = new ArrayList<Future<Blob>>();
            for (int i = 0; i < 20; i++) puts.add(tasks.submit(() -> store.put(bytes(text), null)));
            for (var put : puts) assertThat(put.get().size()).isEqualTo(200_000);
        }
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void whatIsHeldIsNotDeleted() throws Exception {
        Blob blob;
        try (var hold = store.hold()) {
            blob = hold.put(bytes("hello"), null);
            store.delete(blob.digest());
            assertThat(store.exists(blob.digest())).isTrue();
        }
        store.delete(blob.digest());
        assertThat(store.exists(blob.digest())).isFalse();
    }

    private void assertNothingLeft() throws IOException {
        assertThat(store.list()).isEmpty();
        assertThat(dir.resolve("content/incoming")).isEmptyDirectory();
    }
}
