package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.runtime.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ResourceRuleTest {
    private static final long MIB = 1 << 20;

    /** Nothing asked for but what the JSON says, in the record's own names. */
    private static Resources asked(String json) {
        var mapper = JsonMapper.shared();
        var all = (ObjectNode) mapper.valueToTree(Resources.DEFAULT);
        all.setAll((ObjectNode) mapper.readTree("{" + json + "}"));
        return mapper.treeToValue(all, Resources.class);
    }

    private static Resources given(String json) {
        return new ResourceRule(PolicyTest.RESOURCES).judge(asked(json)).value();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "nanoCpus":2000000001                              | only 2 CPUs
                    "nanoCpus":9999999                                 | from 0.01
                    "nanoCpus":1000000000,"cpuQuota":1000              | Conflicting
                    "cpuPeriod":999                                    | period
                    "cpuPeriod":1000001                                | period
                    "cpuQuota":999                                     | quota
                    "cpuShares":1                                      | shares
                    "cpuShares":262145                                 | shares
                    "cpusetCpus":"0-2"                                 | available: 0-1
                    "cpusetCpus":"x"                                   | Invalid value x
                    "cpusetMems":"1"                                   | available: 0
                    "memory":6291455                                   | Minimum memory limit
                    "memoryReservation":6291455                        | reservation
                    "memory":8388608,"memoryReservation":8388609       | less than memory reservation
                    "memory":8388608,"memorySwap":8388607              | memoryswap
                    "memorySwap":8388608                               | always set the Memory
                    "memorySwappiness":101                             | 0-100
                    "memorySwappiness":-2                              | 0-100
                    "blkioWeight":9                                    | 10 to 1000
                    "blkioWeight":1001                                 | 10 to 1000
                    "pidsLimit":-2                                     | pids
                    """)
    void whatCannotBeIsRefusedAtCreate(String json, String message) {
        assertThatThrownBy(() -> given(json))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "nanoCpus":2000000000
                    "nanoCpus":10000000
                    "cpuPeriod":1000,"cpuQuota":-1
                    "cpuShares":2,"cpusetCpus":"0,1","cpusetMems":"0"
                    "memory":6291456,"memorySwap":6291456
                    "memory":8388608,"memorySwap":-1,"memoryReservation":8388608
                    "memorySwap":-1,"memorySwappiness":0
                    "blkioWeight":10,"pidsLimit":-1
                    """)
    void whatCanBeIsGivenAsAsked(String json) {
        var judged = new ResourceRule(PolicyTest.RESOURCES).judge(asked(json));
        assertThat(judged.value()).isEqualTo(asked(json));
        assertThat(judged.warnings()).isEmpty();
    }

    @Test
    void asMuchSwapAsMemoryUnlessAskedOtherwise() {
        assertThat(given("\"memory\":" + 8 * MIB).memorySwap()).isEqualTo(16 * MIB);
        assertThat(given("\"memory\":" + Long.MAX_VALUE).memorySwap()).isEqualTo(-1);
        assertThat(given("").memorySwap()).isZero();
    }

    @Test
    void whatTheHostLacksIsLeftOutWithASentenceEach() {
        var bare = new ResourceRule(new HostResources(2, "0-1", "0", false, false, false));
        var judged =
                bare.judge(
                        asked(
                                "\"memory\":8388608,\"memorySwap\":-1,\"memorySwappiness\":0,\"oomKillDisable\":true"));
        assertThat(judged.value()).isEqualTo(asked("\"memory\":8388608"));
        assertThat(judged.warnings()).hasSize(3);
        assertThat(bare.judge(asked("\"memory\":8388608")).warnings()).isEmpty();
    }

    @Test
    void anOomKillerThatIsOffWithoutALimitIsWarnedOf() {
        var judged = new ResourceRule(PolicyTest.RESOURCES).judge(asked("\"oomKillDisable\":true"));
        assertThat(judged.warnings()).singleElement().asString().contains("no memory limit");
    }
}
