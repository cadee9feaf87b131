package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolsTest {
    @TempDir Path temp;

    private void program(String name) throws IOException {
        assertThat(Files.writeString(temp.resolve(name), "").toFile().setExecutable(true)).isTrue();
    }

    @Test
    void whatIsMissingIsNamedWithItsPackage() throws IOException {
        assertThatThrownBy(() -> Tools.find(temp.toString(), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not found in PATH " + temp)
                .hasMessageContaining("an OCI runtime (package runc), conmon (package conmon)")
                .hasMessageContaining("apt install");
        program("runc");
        assertThatThrownBy(() -> Tools.find(temp.toString(), true))
                .hasMessageContaining(": conmon (package conmon)");
    }

    @Test
    @Timeout(20)
    void aProgramThatDoesNotTellItsVersionHoldsNobodyUp() throws IOException {
        program("hung");
        Files.writeString(temp.resolve("hung"), "#!/bin/sh\nsleep 3 &\nexec sleep 3\n");
        program("parent");
        Files.writeString(temp.resolve("parent"), "#!/bin/sh\nsleep 3 &\necho x version 1.2\n");
        program("endless");
        Files.writeString(temp.resolve("endless"), "#!/bin/sh\nexec yes x version 3\n");

        var patience = Duration.ofMillis(300);
        assertThat(Tools.version(temp.resolve("hung"), patience))
                .isEqualTo("unknown: no answer within 300 ms");
        assertThat(Tools.version(temp.resolve("parent"), patience))
                .isIn("1.2", "unknown: no answer within 300 ms");
        assertThat(Tools.version(temp.resolve("endless"), Duration.ofSeconds(5))).isEqualTo("3");
    }

    @Test
    void crunIsForUnifiedCgroupsOnly() throws IOException {
        program("runc");
        program("crun");
        program("conmon");
        assertThat(Tools.find(temp.toString(), true).runtimeName()).isEqualTo("crun");
        assertThat(Tools.find(temp.toString(), false).runtimeName()).isEqualTo("runc");
    }

    @Test
    void whatCannotBeExecutedIsNotFound() throws IOException {
        Files.writeString(temp.resolve("runc"), "");
        Files.createDirectory(temp.resolve("conmon"));
        assertThat(Tools.find(temp.toString(), "runc")).isEmpty();
        assertThat(Tools.find(temp.toString(), "conmon")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'exec: \"x\": executable file not found in $PATH',127",
        "'exec: \"/x\": stat /x: no such file or directory',127",
        "'exec /x: permission denied',126",
        "'exec /x: exec format error',126",
        "'is a directory',126",
        "'out of memory',128"
    })
    void aFailureHasTheCodeThatAShellGivesIt(String message, int code) {
        assertThat(new StartFailure(message).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    'time="t" level=error msg="a \\"b\\""','a "b"'
                    'level=warning msg="first"|level=error msg="last"',last
                    'plain words|',plain words
                    '',exit code 3
                    'msg="never closed','msg="never closed'
                    """)
    void theRuntimesLastMessageIsTheOne(String log, String message) {
        assertThat(RuntimeCommand.message(log.replace('|', '\n'), 3)).isEqualTo(message);
    }
}
