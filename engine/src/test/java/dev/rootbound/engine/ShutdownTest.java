package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine that ends leaves no start half done. */
@Tag("kernel")
@Timeout(60)
class ShutdownTest {
    private TestEngine test;

    @BeforeEach
    void open() throws IOException {
        test = new TestEngine();
    }

    @AfterEach
    void close() throws IOException {
        test.reopen();
        test.close();
    }

    /** A monitor that takes its time. */
    private void slow() throws IOException {
        test.replaceMonitor("sleep 1.5; exec /usr/bin/conmon \"$@\"");
    }

    private void awaitMonitor(String id) throws Exception {
        while (!Files.exists(test.run.resolve("c").resolve(id).resolve("exit"))) {
            Thread.sleep(10);
        }
    }

    @Test
    void aStartThatIsUnderWayIsFinished() throws Exception {
        slow();
        var id = test.create(TestSpec.of("sleep", "1000"));
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = tasks.submit(() -> test.start(id));
            awaitMonitor(id);
            test.engine.settle();
            assertThat(test.inspect(id).isRunning()).isTrue();
            start.get();
        }
        test.reopen();
        assertThat(test.inspect(id).isRunning()).isTrue();
    }

    @Test
    void aStartThatIsInterruptedIsUndoneBeforeTheEnd() throws Exception {
        slow();
        var id = test.create(TestSpec.of("sleep", "1000"));
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = tasks.submit(() -> test.start(id));
            awaitMonitor(id);
            start.cancel(true);
            test.engine.close();
            assertThat(Leftovers.now(test)).isEmpty();
        }
        assertThat(StateFile.read(test.root.resolve("containers").resolve(id)).isRunning())
                .isFalse();
    }

    @Test
    void nothingBeginsInAnEngineThatEnds() throws Exception {
        var id = test.create(TestSpec.of("true"));
        test.engine.settle();
        assertThatThrownBy(() -> test.start(id))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("shutting down");
        assertThatThrownBy(() -> test.create(TestSpec.of("true")))
                .isInstanceOf(EngineException.Failed.class);
        assertThat(Leftovers.of(test)).isEmpty();
    }
}
