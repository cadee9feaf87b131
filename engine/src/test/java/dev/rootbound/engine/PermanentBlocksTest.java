package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PermanentBlocksTest {
    private static final Tenant ANN = new Tenant(1000);
    private static final Tenant BOB = new Tenant(1001);

    private @TempDir Path etc;

    @BeforeEach
    void users() throws IOException {
        Files.writeString(
                etc.resolve("passwd"),
                "root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n");
    }

    /** Of an engine of its own. */
    private PermanentBlocks blocks(Predicate<IdRange> leased) {
        return new PermanentBlocks(etc, new HostUsers(etc, InstantSource.system()), leased);
    }

    private IdRange block(Tenant tenant) throws IOException {
        var block = blocks(_ -> false).of(tenant);
        assertThat(block.gids()).isEqualTo(block.uids()).hasSize(1);
        return block.uids().getFirst();
    }

    private void define(String text) throws IOException {
        Files.writeString(etc.resolve("login.defs"), text);
    }

    @Test
    void whoHasNoneGetsOneForGood() throws IOException {
        assertThat(block(ANN)).isEqualTo(new IdRange(131_072, 65_536));
        assertThat(block(BOB)).isEqualTo(new IdRange(196_608, 65_536));
        assertThat(block(ANN)).isEqualTo(new IdRange(131_072, 65_536));
        assertThat(Files.readString(etc.resolve("subuid")))
                .isEqualTo("ann:131072:65536\nbob:196608:65536\n")
                .isEqualTo(Files.readString(etc.resolve("subgid")));
    }

    @Test
    void itBeginsWhereShadowsDo() throws IOException {
        define("# SUB_UID_MIN 7\nSUB_UID_MIN\t524288\nSUB_GID_MIN 0x90001\n");
        assertThat(block(ANN)).isEqualTo(new IdRange(655_360, 65_536));
    }

    @Test
    void whereNothingIsFreeItIsSaidWhatHelps() throws IOException {
        define("SUB_UID_MAX 262143\n");
        block(ANN);
        block(BOB);
        assertThatThrownBy(() -> block(new Tenant(0)))
                .hasMessageContaining("of 100000 to 262143 are free")
                .hasMessageContaining("SUB_UID_MAX");
        define("SUB_UID_MAX 262142\n"); // not even the second would be whole
        Files.delete(etc.resolve("subuid"));
        Files.delete(etc.resolve("subgid"));
        block(ANN);
        assertThatThrownBy(() -> block(BOB)).hasMessageContaining("are free");
    }

    @Test
    void itMeetsNoUserNoLineAndNoContainer() throws IOException {
        Files.writeString(etc.resolve("group"), "far:x:131080:\n");
        Files.writeString(etc.resolve("subgid"), "other:196700:5\n");
        var leased = new IdRange(300_000, 10);
        var block = blocks(leased::overlaps).of(ANN);
        assertThat(block.uids()).containsExactly(new IdRange(327_680, 65_536));
    }

    @Test
    void aFileThatCannotBeWrittenIsNamedWithWhatHelps() throws IOException {
        Files.createDirectory(etc.resolve("subgid.d"));
        Files.createSymbolicLink(etc.resolve("subgid"), etc.resolve("none/subgid"));
        assertThatThrownBy(() -> block(ANN))
                .hasMessageContaining("give ann subordinate ids of its own")
                .hasMessageContaining("usermod --add-subuids");
    }

    @Test
    void whoAsksAtOnceGetsOneForEachUser() throws Exception {
        var blocks = blocks(_ -> false);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<PermanentBlocks.Block>>();
            for (int i = 0; i < 20; i++) {
                var tenant = i % 2 == 0 ? ANN : BOB;
                asked.add(threads.submit(() -> blocks.of(tenant)));
            }
            for (var each : asked) each.get();
        }
        assertThat(Files.readAllLines(etc.resolve("subuid"))).hasSize(2);
        assertThat(List.of(block(ANN), block(BOB)))
                .containsExactlyInAnyOrder(
                        new IdRange(131_072, 65_536), new IdRange(196_608, 65_536));
    }
}
