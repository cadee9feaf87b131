package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rootbound.linux.KernelVersion;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SetIdFilterTest {
    private static final String DEFAULT = SeccompProfile.defaultProfile();
    private static final long O_CREAT = 0100;
    private static final long O_TMPFILE = 020200000;

    private static ObjectNode spec(String profile) throws InvalidSpec {
        return SeccompProfile.toSpec(
                SetIdFilter.of(profile), Set.of(), "amd64", new KernelVersion(6, 12));
    }

    /** What becomes of a call: the action of the rule that matches, the default's if none does. */
    private static String action(ObjectNode spec, String name, long... arguments) {
        return spec.path("syscalls").values().stream()
                .filter(rule -> rule.path("names").toString().contains("\"" + name + "\""))
                .filter(rule ->
                        rule.path("args").values().stream().allMatch(a -> matches(a, arguments)))
                .map(rule -> rule.path("action").stringValue() + rule.path("errnoRet").asString(""))
                .findFirst()
                .orElse("default");
    }

    private static boolean matches(JsonNode argument, long... arguments) {
        assertThat(argument.path("op").stringValue()).isEqualTo("SCMP_CMP_MASKED_EQ");
        long value = arguments[argument.path("index").intValue()];
        return (value & argument.path("value").longValue())
                == argument.path("valueTwo").longValue();
    }

    private static void judged(ObjectNode spec, String name, int index) {
        var arguments = new long[6];
        for (long mode : new long[] {0, 0755, 01777, 0100644}) {
            arguments[index] = mode;
            assertThat(action(spec, name, arguments)).as(name).isEqualTo("SCMP_ACT_ALLOW");
        }
        for (long mode : new long[] {04755, 02755, 06000, 04000, 0x7_0000_0000L | 04755}) {
            arguments[index] = mode;
            assertThat(action(spec, name, arguments)).as(name).isEqualTo("default");
        }
    }

    @Test
    void whatSetsAModeSetsNoIds() throws InvalidSpec {
        var spec = spec(DEFAULT);
        for (var name : new String[] {"chmod", "fchmod", "creat", "mknod"}) judged(spec, name, 1);
        for (var name : new String[] {"fchmodat", "fchmodat2", "mknodat"}) judged(spec, name, 2);
        assertThat(action(spec, "read", 0, 0)).isEqualTo("SCMP_ACT_ALLOW");
    }

    @Test
    void whatIsOpenedAndNotMadeHasAnyMode() throws InvalidSpec {
        var spec = spec(DEFAULT);
        assertThat(action(spec, "open", 0, 0, 04755)).isEqualTo("SCMP_ACT_ALLOW");
        assertThat(action(spec, "open", 0, O_CREAT, 0644)).isEqualTo("SCMP_ACT_ALLOW");
        for (long how : new long[] {O_CREAT, O_TMPFILE}) {
            assertThat(action(spec, "open", 0, how, 04755)).isEqualTo("default");
            assertThat(action(spec, "openat", 0, 0, how, 02755)).isEqualTo("default");
        }
        assertThat(action(spec, "openat", 0, 0, 0, -1)).isEqualTo("SCMP_ACT_ALLOW");
    }

    @Test
    void whatAFilterCannotLookIntoIsNotThere() throws InvalidSpec {
        assertThat(action(spec(DEFAULT), "openat2", 0, 0)).isEqualTo("SCMP_ACT_ERRNO38");
        var own =
                "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"io_uring_setup\","
                        + "\"chmod\",\"read\"],\"action\":\"SCMP_ACT_LOG\"}]}";
        assertThat(action(spec(own), "io_uring_setup", 0)).isEqualTo("default");
        assertThat(action(spec(own), "read", 0)).isEqualTo("SCMP_ACT_LOG");
        assertThat(action(spec(own), "chmod", 0, 0755)).isEqualTo("SCMP_ACT_LOG");
        assertThat(action(spec(own), "chmod", 0, 04755)).isEqualTo("default");
    }

    @Test
    void aProfileThatCannotKeepItIsRefused() {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> spec("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}"))
                .withMessageContaining("whose defaultAction lets system calls through");
        var own =
                "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"chmod\"],"
                        + "\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,\"value\":420,"
                        + "\"op\":\"SCMP_CMP_EQ\"}]}]}";
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> spec(own))
                .withMessageContaining("compares the argument");
    }
}
