package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class FirewallTest {
    private static final String TABLE = Host.PREFIX + "_own";
    private static final String OTHER = Host.PREFIX + "_other";
    private static final Bridge ONE = Host.bridge(1, Bridge.Reach.ALL);
    private static final Bridge TWO = Host.bridge(2, Bridge.Reach.ALL);

    private final Firewall firewall = new Firewall(TABLE);
    private String other = "";

    @BeforeEach
    void makeAnothersTable() throws IOException {
        Host.nft("add", "table", "inet", OTHER);
        Host.nft("add", "chain", "inet", OTHER, "c");
        other = Host.nft("-a", "list", "table", "inet", OTHER);
    }

    @AfterEach
    void removeTables() throws IOException {
        Host.removeAll();
        var same = Host.nft("-a", "list", "table", "inet", OTHER);
        for (var each : List.of(TABLE, OTHER)) {
            Host.nft("add", "table", "inet", each);
            Host.nft("delete", "table", "inet", each);
        }
        assertThat(same).as("another's table").isEqualTo(other);
    }

    private static Port port(int hostPort, int to) {
        return new Port(
                Protocol.TCP,
                Addresses.parse("0.0.0.0"),
                hostPort,
                Host.side(1).cidr().address(2),
                to);
    }

    private static boolean isThere() throws IOException {
        return Host.nft("list", "tables").lines().anyMatch(("table inet " + TABLE)::equals);
    }

    private static String rules() throws IOException {
        return Host.nft("-s", "list", "table", "inet", TABLE);
    }

    @Test
    void whatIsAddedIsThereUntilItIsRemoved() throws Exception {
        firewall.add(ONE);
        firewall.add(TWO);
        firewall.open(List.of(port(8080, 80)));
        assertThat(rules()).contains(ONE.name(), TWO.name(), "8080 : 198.18.101.2 . 80");
        firewall.close(List.of(port(8080, 80)));
        assertThat(rules()).doesNotContain("8080");
        firewall.remove(ONE);
        assertThat(rules()).doesNotContain(ONE.name()).contains(TWO.name());
        firewall.remove(TWO);
        assertThat(isThere()).isFalse();
    }

    @Test
    void changesAtTheSameTimeAreAllThere() throws Exception {
        firewall.add(ONE);
        var all = new ArrayList<Callable<Void>>();
        for (int i = 0; i < 40; i++) {
            var port = port(20_000 + i, 80);
            all.add(() -> {
                firewall.open(List.of(port));
                assertThat(rules()).contains(port.hostPort() + " : ");
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(all)) each.get();
        }
        assertThat(rules().split(" : 198\\.18\\.101\\.2 \\. 80", -1)).hasSize(41);
    }

    @Test
    void aTableThatSomebodyDeletesIsPutAgain() throws Exception {
        assertThat(firewall.restore()).as("nothing is to be there").isFalse();
        assertThat(isThere()).isFalse();
        firewall.add(ONE);
        firewall.open(List.of(port(8080, 80)));
        assertThat(firewall.restore()).as("the first look").isFalse();
        assertThat(firewall.restore()).isFalse();
        var before = rules();
        Host.nft("delete", "table", "inet", TABLE);
        assertThat(firewall.restore()).isTrue();
        assertThat(rules()).isEqualTo(before);
        Host.nft("flush", "chain", "inet", TABLE, "arriving");
        assertThat(firewall.restore()).isTrue();
        assertThat(rules()).isEqualTo(before);
        assertThat(firewall.restore()).isFalse();
    }

    @Test
    void anotherChangeIsNotTakenForSomebodyElses() throws Exception {
        firewall.add(ONE);
        assertThat(firewall.restore()).isFalse();
        firewall.open(List.of(port(8080, 80)));
        assertThat(firewall.restore()).isFalse();
        assertThat(rules()).contains("8080");
    }

    @Test
    void ofABridgeThatFailsNothingIsLeftAndItCanBeTriedAgain() throws Exception {
        Host.failAt("network.rules-put");
        assertThatThrownBy(() -> firewall.add(ONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("network.rules-put");
        assertThat(isThere()).isFalse();
        firewall.add(ONE);
        assertThat(rules()).contains(ONE.name());
    }

    @Test
    void ofPortsThatFailNothingIsLeft() throws Exception {
        firewall.add(ONE);
        Host.failAt("network.rules-put");
        assertThatThrownBy(() -> firewall.open(List.of(port(8080, 80))))
                .isInstanceOf(IOException.class);
        assertThat(rules()).contains(ONE.name()).doesNotContain("8080");
    }

    @Test
    void whatNftRefusesIsToldAndTheRestGoesOn() throws Exception {
        firewall.add(ONE);
        firewall.open(List.of(port(8080, 80)));
        assertThatThrownBy(() -> firewall.open(List.of(port(9090, 80), port(9090, 81))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nft")
                .hasMessageContaining("exit code 1");
        assertThat(rules()).contains("8080").doesNotContain("9090");
        firewall.add(TWO);
        assertThat(rules()).contains(TWO.name());
    }

    @Test
    void aChangeThatFailedIsPutByTheNextLook() throws Exception {
        firewall.add(ONE);
        firewall.open(List.of(port(8080, 80)));
        assertThat(firewall.restore()).isFalse();
        Host.failAt("network.rules-put");
        assertThatThrownBy(() -> firewall.close(List.of(port(8080, 80))))
                .isInstanceOf(IOException.class);
        assertThat(firewall.restore()).as("nobody else has changed it").isFalse();
        assertThat(rules()).doesNotContain("8080");
    }

    @Test
    void aNewEnginePutsAllWhateverIsThere() throws Exception {
        firewall.add(ONE);
        firewall.open(List.of(port(8080, 80)));
        var next = new Firewall(TABLE);
        next.putAll(List.of(TWO), List.of());
        assertThat(rules()).contains(TWO.name()).doesNotContain(ONE.name()).doesNotContain("8080");
        next.remove(TWO);
        assertThat(isThere()).isFalse();
    }
}
