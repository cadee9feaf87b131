package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class LayersTest {
    private static final Digest A = new Digest("a".repeat(64));
    private static final Digest B = new Digest("b".repeat(64));

    @TempDir Path temp;
    private Path trees;
    private Path records;

    @BeforeEach
    void paths() {
        trees = temp.resolve("trees");
        records = temp.resolve("records");
    }

    private Layers open() throws IOException {
        return new Layers(trees, records, () -> Long.MAX_VALUE);
    }

    private static InputStream tar() {
        return new ByteArrayInputStream(new TestTar().dir("d/").file("d/f", "content").end());
    }

    private static InputStream endingWith(byte[] tar, Callable<Integer> end) {
        return new FilterInputStream(new ByteArrayInputStream(tar)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int got = super.read(into, offset, length);
                try {
                    return got < 0 ? end.call() : got;
                } catch (IOException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        };
    }

    @Test
    void aLayerIsThereAfterUnpackingAndAfterTheNextStart() throws Exception {
        try (var layers = open()) {
            assertThat(layers.has(A)).isFalse();
            layers.unpack(A, tar());
            layers.unpack(B, tar());
            assertThat(layers.directory(A)).isEqualTo("1");
        }
        try (var layers = open()) {
            assertThat(layers.list()).containsExactlyInAnyOrder(A, B);
            assertThat(trees.resolve(layers.directory(B)).resolve("d/f")).hasContent("content");
            assertThat(layers.damaged()).isEmpty();
        }
    }

    @Test
    void theTreesAreClosedToEverybody() throws Exception {
        try (var layers = open()) {
            layers.unpack(A, tar());
            for (var path : List.of(trees, trees.resolve("1"))) {
                assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo((int) TestLayer.FOREIGN);
            }
            for (var path : List.of(trees, records)) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void aStreamThatIsNotWhatItClaimsLeavesNothing() throws Exception {
        var tar = tar().readAllBytes();
        try (var layers = open()) {
            var bad =
                    endingWith(
                            tar,
                            () -> {
                                throw new IOException("the digest is another");
                            });
            assertThatThrownBy(() -> layers.unpack(A, bad)).hasMessage("the digest is another");
            assertNothing(layers);
        }
    }

    @Test
    void aTruncatedStreamLeavesNothing() throws Exception {
        var tar = new TestTar().dir("d/").file("d/f", "x".repeat(5000)).end();
        try (var layers = open()) {
            for (int length : new int[] {100, 700, 1600, 3000}) {
                var cut = new ByteArrayInputStream(Arrays.copyOf(tar, length));
                assertThatThrownBy(() -> layers.unpack(A, cut)).isInstanceOf(IOException.class);
                assertNothing(layers);
            }
            layers.unpack(A, tar());
            assertThat(layers.has(A)).isTrue();
        }
    }

    private void assertNothing(Layers layers) {
        assertThat(layers.has(A)).isFalse();
        assertThat(trees.toFile().list()).isEmpty();
        assertThat(records.toFile().list()).isEmpty();
    }

    @Test
    void whatADeadEngineLeftIsRemoved() throws Exception {
        try (var layers = open()) {
            layers.unpack(A, tar());
        }
        Files.createDirectories(trees.resolve("tmp-z/some/tree"));
        Files.createDirectories(trees.resolve("tmp-z-replaced/some"));
        Files.createDirectories(trees.resolve("y.removed-4711-12/some"));
        Files.createDirectories(trees.resolve("y/renamed"));
        Files.writeString(records.resolve("." + B.hex() + ".json.tmp"), "{");
        open().close();
        assertThat(trees.toFile().list()).containsExactly("1");
        assertThat(records.toFile().list()).containsExactly(A.hex() + ".json");
    }

    @Test
    void aDamagedRecordIsSetAsideAndNoTreeThatMayBeItsIsRemoved() throws Exception {
        try (var layers = open()) {
            layers.unpack(A, tar());
            layers.unpack(B, tar());
        }
        Files.writeString(records.resolve(A.hex() + ".json"), "{\"format\":1,");
        for (int start = 0; start < 2; start++) {
            try (var layers = open()) {
                assertThat(layers.list()).containsExactly(B);
                assertThat(layers.damaged()).hasSize(1);
                assertThat(layers.damaged().getFirst()).contains(A.hex());
            }
            assertThat(trees.toFile().list()).containsExactlyInAnyOrder("1", "2");
        }
        try (var layers = open()) {
            layers.unpack(A, tar());
            assertThat(layers.directory(A)).isEqualTo("3");
        }
    }

    @Test
    void aRecordThatLiesIsSetAside() throws Exception {
        try (var layers = open()) {
            layers.unpack(A, tar());
        }
        var record = records.resolve(A.hex() + ".json");
        var honest = Files.readString(record);
        for (var lie :
                new String[] {
                    honest.replace("\"1\"", "\"../../etc\""),
                    honest.replace("\"1\"", "\"9\""),
                    honest.replace(A.hex(), B.hex()),
                    honest.replace("\"format\":1", "\"format\":2"),
                    honest.replace("\"1\"", "1"),
                    "[]",
                    ""
                }) {
            Files.writeString(record, lie);
            try (var layers = open()) {
                assertThat(layers.list()).as(lie).isEmpty();
                assertThat(layers.damaged()).as(lie).isNotEmpty();
            }
        }
    }

    @Test
    void aDroppedLayerIsGone() throws Exception {
        try (var layers = open()) {
            layers.unpack(A, tar());
            layers.drop(A);
            layers.drop(B);
            assertThat(layers.has(A)).isFalse();
            assertThatThrownBy(() -> layers.directory(A)).isInstanceOf(NoSuchFileException.class);
        }
        assertThat(trees.toFile().list()).isEmpty();
        assertThat(records.toFile().list()).isEmpty();
    }

    @Test
    void aLayerWantedTwiceIsUnpackedOnce() throws Exception {
        var tar = tar().readAllBytes();
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var ends = new AtomicInteger();
        try (var layers = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first =
                    threads.submit(() -> {
                        layers.unpack(
                                A,
                                endingWith(
                                        tar,
                                        () -> {
                                            begun.countDown();
                                            go.await();
                                            return -(ends.incrementAndGet() > 0 ? 1 : 0);
                                        }));
                        return "done";
                    });
            begun.await();
            var second =
                    threads.submit(() -> {
                        layers.unpack(A, new ByteArrayInputStream("no tar".getBytes(UTF_8)));
                        return "waited";
                    });
            Thread.sleep(50);
            assertThat(second.isDone()).isFalse();
            assertThat(layers.has(A)).isFalse();
            go.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("done");
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("waited");
        }
    }

    @Test
    void whoWaitedTakesOverWhenTheFirstFails() throws Exception {
        var tar = tar().readAllBytes();
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (var layers = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first =
                    threads.submit(() -> {
                        layers.unpack(
                                A,
                                endingWith(
                                        tar,
                                        () -> {
                                            begun.countDown();
                                            go.await();
                                            throw new IOException("lost");
                                        }));
                        return "done";
                    });
            begun.await();
            var second =
                    threads.submit(() -> {
                        layers.unpack(A, tar());
                        return "took over";
                    });
            go.countDown();
            assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("lost");
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("took over");
            assertThat(layers.list()).containsExactly(A);
        }
    }

    @Test
    void anInterruptEndsTheUnpackingAndLeavesNothing() throws Exception {
        try (var layers = open()) {
            var begun = new CountDownLatch(1);
            var block = new TestTar().file("f", "").end();
            var endless =
                    new InputStream() {
                        private int at;

                        @Override
                        public int read() {
                            begun.countDown();
                            return block[at++ & 511] & 0xff;
                        }

                        @Override
                        public int read(byte[] into, int offset, int length) {
                            for (int i = 0; i < length; i++) into[offset + i] = (byte) read();
                            return length;
                        }
                    };
            var thread =
                    Thread.ofVirtual()
                            .start(() ->
                                    assertThatThrownBy(() -> layers.unpack(A, endless))
                                            .hasMessageContaining("interrupted"));
            begun.await();
            thread.interrupt();
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            assertNothing(layers);
        }
    }
}
