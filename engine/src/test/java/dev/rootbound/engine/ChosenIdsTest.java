package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChosenIdsTest {
    private @TempDir Path etc;

    private String whose(long first, long size) throws IOException {
        var users = new HostUsers(etc, InstantSource.system());
        return new ChosenIds(users).whose(IdMaps.of(new IdRange(first, size)));
    }

    @Test
    void idsThatSomebodyHasAreNotFree() throws IOException {
        Files.writeString(etc.resolve("passwd"), "ann:x:700000:700001::/:/bin/sh\n");
        Files.writeString(etc.resolve("subuid"), "rootbound:1000000:9\nann:800000:65536\n");
        Files.writeString(etc.resolve("subgid"), "bob:900000:65536\n");
        assertThat(whose(0, 1)).contains("not free", "the host's own");
        assertThat(whose(65_535, 2)).contains("the host's own");
        assertThat(whose(IdRange.FOREIGN.first(), 1)).contains("files in the store");
        assertThat(whose(800_007, 1)).contains("subordinate ids of ann");
        assertThat(whose(890_000, 65_536)).contains("subordinate ids of bob");
        assertThat(whose(699_990, 11)).contains("700000 is a user's");
        assertThat(whose(700_001, 1)).contains("700001 is a user's");
        assertThat(whose(700_002, 10)).isEmpty();
        assertThat(whose(1_000_000, 9)).isEmpty();
    }

    @Test
    void whoIsMadeWhileTheEngineRunsCountsToo() throws IOException {
        var users = new HostUsers(etc, InstantSource.system());
        var chosen = new ChosenIds(users);
        var ids = IdMaps.of(new IdRange(700_000, 10));
        assertThat(chosen.whose(ids)).isEmpty();
        Files.writeString(etc.resolve("passwd"), "new:x:700003:100::/:/bin/sh\n");
        assertThat(chosen.whose(ids)).contains("700003 is a user's");
    }
}
