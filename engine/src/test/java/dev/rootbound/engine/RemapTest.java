package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemapTest {
    @TempDir
    @SuppressWarnings("NullAway") // JUnit's
    private Path etc;

    @BeforeEach
    void files() throws IOException {
        write(
                "passwd",
                """
                root:x:0:0::/:/bin/sh
                alice:x:12345:12345::/:/bin/sh
                bare:x:12346:12346::/:/bin/sh
                """);
        write("subuid", "alice:1000:1\nbob:7:7\nalice:100000:65536\n");
        write("subgid", "12345:200000:65536\n");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(etc.resolve(name), text);
    }

    private Remap of(String value) throws IOException {
        return Remap.of(value, etc, InstantSource.system());
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "12345", "alice:root", "12345:0", "12345:root"})
    void aUserByAllSpellingsHasItsLinesInTheirOrder(String value) throws IOException {
        var remap = of(value);
        assertThat(remap.user()).isEqualTo("alice");
        assertThat(remap.ids().uids().procText()).isEqualTo("0 1000 1\n1 100000 65535\n");
        assertThat(remap.ids().gids().procText()).isEqualTo("0 200000 65536\n");
    }

    @Test
    void theGroupsLinesCountWhereTheUserHasNone() throws IOException {
        write("subgid", "root:300000:65536\n");
        assertThat(of("alice:root").ids().rootGid()).isEqualTo(300_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "alice:", ":root", "a:b:c"})
    void whatIsNoUserAndGroupIsRefused(String value) {
        assertThatThrownBy(() -> of(value)).hasMessageContaining("USER[:GROUP]");
    }

    @Test
    void whoIsNotThereIsNamed() {
        assertThatThrownBy(() -> of("rbt-nobody")).hasMessageContaining("no user rbt-nobody");
        assertThatThrownBy(() -> of("4000000001")).hasMessageContaining("no user 4000000001");
        assertThatThrownBy(() -> of("alice:rbt-no")).hasMessageContaining("no group rbt-no");
    }

    @Test
    void idsThatWouldBeRootsOrTheStoresAreRefused() throws IOException {
        assertThatThrownBy(() -> of("root")).hasMessageContaining("root on the host");
        assertThatThrownBy(() -> of("0:0")).hasMessageContaining("root on the host");
        assertThatThrownBy(() -> of("bare"))
                .hasMessageContaining("bare:100000:65536")
                .hasMessageContaining("subuid");
        write("subuid", "alice:2147352576:65536\n");
        assertThatThrownBy(() -> of("alice")).hasMessageContaining("files in the store");
        write("subuid", "alice:100000:10\nalice:100005:10\n");
        assertThatThrownBy(() -> of("alice")).hasMessageContaining("overlap");
    }
}
