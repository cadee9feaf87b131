package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.network.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubnetClaimsTest {
    private static final Cidr FIRST = Cidr.parse("172.17.0.0/20");
    private static final Cidr WITHIN = Cidr.parse("172.17.4.0/24");
    private static final Cidr SECOND = Cidr.parse("172.17.16.0/20");

    @TempDir Path directory;
    SubnetClaims one;
    SubnetClaims other;

    @BeforeEach
    void open() throws IOException {
        one = of("/one");
        other = of("/other");
    }

    private SubnetClaims of(String root) throws IOException {
        return new SubnetClaims(directory, Path.of(root));
    }

    private static void claim(SubnetClaims engine, Cidr... subnets) throws IOException {
        try (var turn = engine.turn()) {
            turn.claim(List.of(subnets));
        }
    }

    private static List<Cidr> others(SubnetClaims engine) throws IOException {
        try (var turn = engine.turn()) {
            return turn.others();
        }
    }

    @Test
    void whatAnEngineHasIsSeenByOthersOnly() throws IOException {
        claim(one, FIRST, SECOND);
        assertThat(others(other)).containsExactlyInAnyOrder(FIRST, SECOND);
        assertThat(others(one)).isEmpty();
        claim(one, SECOND);
        assertThat(others(other)).containsExactly(SECOND);
    }

    @Test
    void whatAnotherHasIsNotTakenAlsoNotInPart() throws IOException {
        claim(one, FIRST);
        claim(other, WITHIN, SECOND);
        assertThat(others(one)).containsExactly(SECOND);
    }

    @Test
    void whatAnEngineLeavesIsAnybodys() throws IOException {
        claim(one, FIRST);
        try (var turn = one.turn()) {
            turn.leave();
        }
        assertThat(others(other)).isEmpty();
    }

    @Test
    void whatADeadEngineLeftIsAnybodys() throws IOException {
        long self = ProcessHandle.current().pid();
        Files.writeString(directory.resolve("1"), "2147483646 5\n172.17.0.0/20\n");
        Files.writeString(directory.resolve("2"), self + " 1\n172.17.0.0/20\n"); // its pid's, now
        Files.writeString(directory.resolve("3"), self + "");
        Files.writeString(directory.resolve("4"), "");
        assertThat(others(one)).isEmpty();
    }

    @Test
    void aLivingEnginesDamagedFileIsNamed() throws IOException {
        claim(other, FIRST);
        var file = directory.resolve(NetworkRecords.digest("/other"));
        Files.writeString(file, Files.readString(file) + "172.17\n");
        assertThatThrownBy(one::turn).hasMessageContaining(file + " is damaged");
        Files.delete(file);
        assertThat(others(one)).isEmpty(); // nothing stayed locked
    }

    @Test
    void enginesThatChooseAtTheSameMomentChooseDifferently() throws Exception {
        Set<String> chosen = new ConcurrentSkipListSet<>();
        try (var engines = Executors.newFixedThreadPool(20)) {
            var all =
                    IntStream.range(0, 20)
                            .mapToObj(number -> engines.submit(() -> choose("/" + number, chosen)))
                            .toList();
            for (var each : all) assertThat(each.get()).isTrue();
        }
        assertThat(chosen).hasSize(20);
    }

    private boolean choose(String root, Set<String> chosen) throws IOException {
        try (var turn = of(root).turn()) {
            var free = new NetworkRule(turn.others(), List.of()).free().cidr();
            turn.claim(List.of(free));
            return chosen.add(free.toString());
        }
    }
}
