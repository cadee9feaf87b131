package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdDrawingTest {
    private static Json range(long first, long size, String kind) throws IOException {
        return JsonReader.read(
                "{\"First\":%d,\"Ids\":%d,\"Kind\":\"%s\"}".formatted(first, size, kind));
    }

    @Test
    void anEmptySpaceIsNobodys() {
        var lines = IdDrawing.of(List.of()).lines().toList();
        assertThat(lines).hasSize(17);
        assertThat(lines.subList(0, 16)).allMatch(line -> line.endsWith(" " + ".".repeat(64)));
        assertThat(lines.getFirst()).startsWith("         0 ");
        assertThat(lines.getLast()).isEqualTo(". nobody's; each character is 4194304 ids");
    }

    @Test
    void aLeaseIsDrawnOverThePoolItIsFrom() throws IOException {
        var drawn =
                IdDrawing.of(
                        List.of(
                                range(1_879_048_192L, 65_536, "lease"),
                                range(1_879_048_192L, 268_304_384L, "pool"),
                                range(0, 65_536, "host")));
        var lines = drawn.lines().toList();
        assertThat(lines.get(7)).isEqualTo("1879048192 L" + "p".repeat(63));
        assertThat(lines.getFirst()).isEqualTo("         0 H" + ".".repeat(63));
        assertThat(lines.getLast()).startsWith("L lease  p pool  H host  . nobody's");
    }

    @Test
    void theLastIdIsInTheLastCell() throws IOException {
        var lines = IdDrawing.of(List.of(range(4_294_967_294L, 1, "subordinate"))).lines().toList();
        assertThat(lines.get(15)).endsWith(".s");
    }
}
