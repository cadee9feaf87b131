package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TogetherTest {
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void bothAreDoneAtTheSameTime() throws Exception {
        var here = new CountDownLatch(1);
        var beside = new CountDownLatch(1);
        Together.all(
                () -> {
                    here.countDown();
                    await(beside);
                },
                () -> {
                    beside.countDown();
                    await(here);
                });
        assertThat(done).hasValue(2);
    }

    private void await(CountDownLatch latch) {
        try {
            latch.await();
            done.incrementAndGet();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureWaitsForTheOtherStep() {
        assertThatThrownBy(() ->
                        Together.all(
                                () -> {
                                    throw new IOException("start");
                                },
                                done::incrementAndGet))
                .hasMessage("start");
        assertThat(done).hasValue(1);
    }

    @Test
    void ofTwoFailuresTheSecondIsSuppressed() {
        var told =
                catchThrowable(() ->
                        Together.all(
                                () -> {
                                    throw new IOException("start");
                                },
                                () -> {
                                    throw new IllegalStateException("write");
                                }));
        assertThat(told).isInstanceOf(IOException.class).hasMessage("start");
        assertThat(told.getSuppressed()).extracting("message").containsExactly("write");
    }

    @Test
    void anErrorBesideIsNotSuccess() {
        assertThatThrownBy(() ->
                        Together.all(
                                done::incrementAndGet,
                                () -> {
                                    throw new AssertionError("broken");
                                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anInterruptLeavesNoStepHalfDone() throws Exception {
        Thread.currentThread().interrupt();
        Together.all(() -> {}, done::incrementAndGet);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).hasValue(1);
    }
}
