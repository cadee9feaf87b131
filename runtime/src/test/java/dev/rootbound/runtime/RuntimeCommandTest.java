package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeCommandTest {
    private @TempDir Path directory;

    @Test
    void whatEndsWellSaysNothing() {
        assertThatCode(() -> runtime("echo warning >&2").run("start", "id"))
                .doesNotThrowAnyException();
    }

    @Test
    void aFailureHasTheRuntimesWords() {
        assertThatThrownBy(() -> runtime("echo 'no such container' >&2; exit 1").run("start", "id"))
                .isInstanceOf(StartFailure.class)
                .hasMessage("runtime start: no such container");
    }

    @Test
    void oneThatDoesNotEndIsKilledAndNamed() {
        assertThatThrownBy(() -> runtime("echo working; exec sleep 60").run("delete", "id"))
                .isInstanceOf(StartFailure.class)
                .hasMessage("runtime delete: killed, for it had not ended in 1 seconds");
    }

    private RuntimeCommand runtime(String script) throws Exception {
        var program = directory.resolve("runtime");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new RuntimeCommand(program, directory, Duration.ofSeconds(1));
    }
}
