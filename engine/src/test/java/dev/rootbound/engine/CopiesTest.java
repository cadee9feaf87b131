package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CopiesTest {
    private final Copies copies = new Copies(Duration.ofMillis(300));

    /** Copies until the archive ends; what the copy said when it failed. */
    private CompletableFuture<String> copy(InputStream archive) {
        var copy = copies.begin();
        return CompletableFuture.supplyAsync(() -> {
            try (copy) {
                copy.reading(archive).readAllBytes();
                return "whole";
            } catch (IOException e) {
                return String.valueOf(copy.explained(e).getMessage());
            }
        });
    }

    @Test
    void oneThatGetsOnIsWaitedFor() throws Exception {
        try (var end = new PipedOutputStream()) {
            var copied = copy(new PipedInputStream(end));
            var sender =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (end) {
                                    for (int i = 0; i < 20; i++) {
                                        Thread.sleep(50);
                                        end.write(i);
                                        end.flush();
                                    }
                                } catch (IOException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            copies.finish();
            assertThat(copied.get()).isEqualTo("whole");
            sender.join();
        }
    }

    @Test
    void oneWhoseClientSendsNothingIsCutShort() throws Exception {
        try (var end = new PipedOutputStream()) {
            var copied = copy(new PipedInputStream(end));
            copies.finish();
            assertThat(copied.get()).startsWith("cut short");
        }
    }

    @Test
    void aRemovalWaitsForNobody() throws Exception {
        try (var end = new PipedOutputStream()) {
            var copied = copy(new PipedInputStream(end));
            end.write(1);
            copies.cut();
            assertThat(copied.get()).startsWith("cut short");
        }
    }

    @Test
    void whatFailsByItselfSaysSo() {
        try (var copy = copies.begin()) {
            var failure = new IOException("disk full");
            assertThat(copy.explained(failure)).isSameAs(failure);
        }
        copies.finish();
    }

    @Test
    void oneThatWasCutReadsNoMore() throws Exception {
        var copy = copies.begin();
        var cutter = Thread.ofVirtual().start(copies::cut);
        TestEngine.await(() -> {
            try {
                return copy.reading(new ByteArrayInputStream(new byte[1])).read() < 0;
            } catch (IOException e) {
                return true;
            }
        });
        copy.close();
        cutter.join();
    }
}
