package dev.rootbound.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BlobStreamTest {
    private static final String BLOBS = "GET /v2/app/blobs/";
    private static final int SIZE = 100_000;
    private static final int CUT = 40_000;

    private final byte[] content = new byte[SIZE];
    private StubRegistry registry;
    private Descriptor blob;

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(content);
        registry = StubRegistry.http();
        blob = registry.blob(content);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private byte[] read(Patience patience, Descriptor wanted, long from) throws Exception {
        try (var remote = registry.open(patience);
                var in = remote.blob(wanted, from)) {
            return in.readAllBytes();
        }
    }

    private byte[] read() throws Exception {
        return read(StubRegistry.QUICK, blob, 0);
    }

    @Test
    void aBlobIsReadFromAnyByteOn() throws Exception {
        assertThat(read()).isEqualTo(content);
        assertThat(read(StubRegistry.QUICK, blob, 10))
                .isEqualTo(Arrays.copyOfRange(content, 10, SIZE));
        assertThat(read(StubRegistry.QUICK, blob, SIZE)).isEmpty();
        assertThat(registry.asked(BLOBS)).hasSize(2);
    }

    @Test
    void aConnectionThatBreaksGoesOnWhereItWas() throws Exception {
        var read = new CountDownLatch(1);
        registry.next(BLOBS, registry.cutAfter(CUT, read));
        try (var remote = registry.open(StubRegistry.QUICK);
                var in = remote.blob(blob, 0)) {
            assertThat(in.readNBytes(CUT)).isEqualTo(Arrays.copyOf(content, CUT));
            read.countDown();
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, CUT, SIZE));
        }
        assertThat(registry.asked(BLOBS)).hasSize(2);
        assertThat(registry.asked(BLOBS).getLast().header("Range")).contains("bytes=" + CUT + "-");
    }

    @Test
    void aRegistryWithoutRangesIsReadFromTheBeginning() throws Exception {
        registry.next(
                BLOBS,
                registry.cutAfter(CUT),
                exchange -> StubRegistry.answer(exchange, 200, content));
        assertThat(read()).isEqualTo(content);
        assertThat(registry.asked(BLOBS)).hasSize(2);
    }

    @Test
    void aRegistryThatRefusesARangeIsAskedForAll() throws Exception {
        registry.next(BLOBS, registry.cutAfter(CUT), StubRegistry.status(416, ""));
        assertThat(read()).isEqualTo(content);
        assertThat(registry.asked(BLOBS).getLast().header("Range")).isEmpty();
    }

    @Test
    void aRangeThatIsNotTheOneAskedForIsNotTaken() throws Exception {
        registry.next(
                BLOBS,
                registry.cutAfter(CUT),
                StubRegistry.status(206, "x".repeat(50), "Content-Range", "bytes 7-56/" + SIZE));
        assertThat(read()).isEqualTo(content);
        assertThat(registry.asked(BLOBS).getLast().header("Range")).isEmpty();
    }

    @Test
    void aPartThatNobodyAskedForIsNotTaken() {
        registry.always(BLOBS, StubRegistry.status(206, "x", "Content-Range", "bytes 0-0/" + SIZE));
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("at byte 0 of " + SIZE + ": the registry sends bytes 0-0/");
    }

    @Test
    void aRegistryThatAlwaysBreaksAtTheSamePlaceIsGivenUp() {
        registry.always(BLOBS, registry.cutAfter(0));
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("blob " + blob.digest() + " of " + registry.host() + "/app")
                .hasMessageContaining("at byte 0 of " + SIZE);
        assertThat(registry.asked(BLOBS)).hasSize(Patience.TRIES);
    }

    @Test
    void anotherLengthThanTheDescriptorsIsRefusedBeforeReading() {
        var claimed = new Descriptor(blob.mediaType(), blob.digest(), SIZE + 1);
        assertThatThrownBy(() -> read(StubRegistry.QUICK, claimed, 0))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("should have " + (SIZE + 1) + " bytes")
                .hasMessageContaining("sends " + SIZE);
        assertThat(registry.asked(BLOBS)).hasSize(1);
    }

    @Test
    void notMoreIsReadThanTheDescriptorSays() throws Exception {
        registry.always(BLOBS, StubRegistry.endless(200, "", "x"));
        assertThat(read()).hasSize(SIZE);
    }

    @Test
    void contentThatEndsEarlyWithoutALengthIsNotTheWhole() {
        registry.always(
                BLOBS,
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(content, 0, CUT);
                    exchange.close();
                });
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("at byte " + CUT);
    }

    @Test
    void aStalledRegistryIsAskedAgain() throws Exception {
        registry.next(BLOBS, registry.stallAfter(CUT));
        assertThat(read(StubRegistry.SHORT, blob, 0)).isEqualTo(content);
        assertThat(registry.asked(BLOBS).getLast().header("Range")).contains("bytes=" + CUT + "-");
    }

    @Test
    void aRegistryThatStallsForEverIsGivenUp() {
        registry.always(BLOBS, registry.stallAfter(0));
        assertThatThrownBy(() -> read(StubRegistry.SHORT, blob, 0))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("nothing came for 0.3 seconds");
    }

    @Test
    void aSlowRegistryIsWaitedFor() throws Exception {
        registry.always(
                BLOBS,
                exchange -> {
                    exchange.sendResponseHeaders(200, SIZE);
                    for (int at = 0; at < SIZE; at += SIZE / 10) {
                        exchange.getResponseBody().write(content, at, SIZE / 10);
                        exchange.getResponseBody().flush();
                        StubRegistry.pause(50); // in all longer than it may be silent
                    }
                    exchange.close();
                });
        assertThat(read(StubRegistry.SHORT, blob, 0)).isEqualTo(content);
        assertThat(registry.asked(BLOBS)).hasSize(1);
    }

    @Test
    void aRegistryThatGivesAByteNowAndThenIsGivenUp() {
        registry.always(
                BLOBS,
                exchange -> {
                    exchange.sendResponseHeaders(200, SIZE);
                    for (int at = 0; at < SIZE; at++) {
                        exchange.getResponseBody().write(content, at, 1);
                        exchange.getResponseBody().flush();
                        StubRegistry.pause(100); // less than it may be silent
                    }
                });
        assertThatThrownBy(() -> read(StubRegistry.SHORT, blob, 0))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageMatching(".*only [1-9] bytes came in 0.3 seconds.*");
        assertThat(registry.asked(BLOBS)).hasSize(Patience.TRIES);
    }

    @Test
    void aBlobThatWentMeanwhileIsNotAskedForAgain() {
        registry.next(BLOBS, registry.cutAfter(CUT), StubRegistry.status(404, ""));
        assertThatThrownBy(this::read).isInstanceOf(RegistryException.NotFound.class);
        assertThat(registry.asked(BLOBS)).hasSize(2);
    }

    @Test
    void anInterruptionEndsAStalledReadAtOnce() throws Exception {
        registry.always(BLOBS, registry.stallAfter(CUT));
        var failure = new CompletableFuture<Throwable>();
        var reader =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                read();
                                failure.complete(null);
                            } catch (Exception e) {
                                failure.complete(e);
                            }
                        });
        while (registry.asked(BLOBS).isEmpty()) Thread.sleep(5);
        Thread.sleep(50);
        reader.interrupt();
        assertThat(failure.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertThat(registry.asked(BLOBS)).hasSize(1);
    }
}
