package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {
    private final List<String> given = new ArrayList<>();

    private AutoCloseable thing(String name) {
        return () -> given.add(name);
    }

    private AutoCloseable failing(String name) {
        return () -> {
            given.add(name);
            throw new IOException(name + " stays");
        };
    }

    @Test
    void whatWasTakenIsGivenBackLastFirst() throws IOException {
        try (var undo = new Undo()) {
            undo.on(thing("lease"));
            undo.on(thing("mount"));
        }
        assertThat(given).containsExactly("mount", "lease");
    }

    @Test
    void whatIsKeptIsNotGivenBack() throws IOException {
        try (var undo = new Undo()) {
            undo.on(thing("lease"));
            undo.keep();
        }
        assertThat(given).isEmpty();
    }

    @Test
    void aFailureKeepsNothingElseFromBeingGivenBack() {
        assertThatThrownBy(
                        () -> {
                            try (var undo = new Undo()) {
                                undo.on(failing("lease"));
                                undo.on(thing("bundle"));
                                undo.on(failing("mount"));
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessage("give back after a failure: mount stays")
                .cause()
                .satisfies(e ->
                        assertThat(e.getSuppressed())
                                .extracting("message")
                                .containsExactly("lease stays"));
        assertThat(given).containsExactly("mount", "bundle", "lease");
    }

    @Test
    void theFirstFailureIsTheOneThatIsTold() {
        var told =
                catchThrowable(() -> {
                    try (var undo = new Undo()) {
                        undo.on(failing("mount"));
                        throw new IOException("the runtime would not");
                    }
                });
        assertThat(told).hasMessage("the runtime would not");
        assertThat(told.getSuppressed()).hasSize(1);
    }
}
