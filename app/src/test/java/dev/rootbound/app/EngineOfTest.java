package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of commands: each asks a fake engine of its own. */
abstract class EngineOfTest {
    @TempDir Path directory;
    FakeEngine engine;

    @BeforeEach
    void start() throws IOException {
        engine = new FakeEngine(directory);
    }

    @AfterEach
    void stop() throws IOException {
        engine.close();
    }
}
