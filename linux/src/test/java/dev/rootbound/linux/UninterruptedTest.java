package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UninterruptedTest {
    @Test
    void whoIsInterruptedWaitsAllTheSameAndIsStillInterrupted() {
        var waiter = Thread.currentThread();
        var go = new CountDownLatch(1);
        var thread =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                go.await();
                                while (waiter.getState() == Thread.State.RUNNABLE) Thread.sleep(1);
                                waiter.interrupt();
                                Thread.sleep(50);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        waiter.interrupt();
        go.countDown();
        Uninterrupted.join(thread);
        assertThat(thread.isAlive()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
