package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rootbound.linux.KernelVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SeccompProfileTest {
    private static final KernelVersion KERNEL = new KernelVersion(6, 12);
    private static final String DEFAULT = SeccompProfile.defaultProfile();

    private static ObjectNode spec(String profile, String... caps) throws InvalidSpec {
        return SeccompProfile.toSpec(profile, Set.of(caps), "amd64", KERNEL);
    }

    private static List<JsonNode> rules(ObjectNode spec, String name) {
        return spec.path("syscalls").values().stream()
                .filter(r ->
                        r.path("names").values().stream()
                                .anyMatch(n -> n.stringValue().equals(name)))
                .toList();
    }

    /** Whether a call whose first argument is {@code value} goes through. */
    private static boolean allows(ObjectNode spec, String name, long value) {
        return rules(spec, name).stream()
                .filter(r -> r.path("action").stringValue().equals("SCMP_ACT_ALLOW"))
                .anyMatch(r -> r.path("args").values().stream().allMatch(a -> matches(a, value)));
    }

    private static boolean matches(JsonNode arg, long value) {
        long operand = arg.path("value").bigIntegerValue().longValue();
        return switch (arg.path("op").stringValue()) {
            case "SCMP_CMP_LT" -> Long.compareUnsigned(value, operand) < 0;
            case "SCMP_CMP_EQ" -> value == operand;
            case "SCMP_CMP_MASKED_EQ" -> (value & operand) == arg.path("valueTwo").longValue();
            default -> throw new AssertionError(arg);
        };
    }

    @Test
    void onlyTheImagesOwnArchitectureIsLetIn() throws Exception {
        assertThat(spec(DEFAULT).path("architectures").toString())
                .isEqualTo("[\"SCMP_ARCH_X86_64\"]");
        assertThat(rules(spec(DEFAULT), "socketcall")).isEmpty();
        assertThat(
                        SeccompProfile.toSpec(DEFAULT, Set.of(), "arm64", KERNEL)
                                .path("architectures")
                                .toString())
                .isEqualTo("[\"SCMP_ARCH_AARCH64\"]");
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> SeccompProfile.toSpec(DEFAULT, Set.of(), "vax", KERNEL))
                .withMessageContaining("'vax'");
    }

    @Test
    void socketsToTheHostAreDeniedHoweverTheFamilyIsWritten() throws Exception {
        var spec = spec(DEFAULT);
        assertThat(allows(spec, "socket", 1)).isTrue();
        assertThat(allows(spec, "socket", 2)).isTrue();
        assertThat(allows(spec, "socket", 44)).isTrue();
        assertThat(allows(spec, "socket", 38)).isFalse();
        assertThat(allows(spec, "socket", 40)).isFalse();
        assertThat(allows(spec, "socket", 38 + (1L << 32))).isFalse();
        assertThat(allows(spec, "socket", 40 + (5L << 32))).isFalse();
        assertThat(allows(spec, "socket", -1L << 32 | 38)).isFalse();
    }

    @Test
    void newNamespacesNeedCapSysAdmin() throws Exception {
        var plain = spec(DEFAULT);
        assertThat(allows(plain, "clone", 17)).isTrue();
        assertThat(allows(plain, "clone", 0x10000000)).isFalse();
        assertThat(rules(plain, "clone3").getFirst().path("errnoRet").intValue()).isEqualTo(38);
        for (var name : List.of("mount", "umount2", "unshare", "setns", "bpf", "open_tree")) {
            assertThat(rules(plain, name)).as(name).isEmpty();
        }
        var admin = spec(DEFAULT, "CAP_SYS_ADMIN");
        assertThat(allows(admin, "clone", 0x10000000)).isTrue();
        assertThat(allows(admin, "clone3", 0)).isTrue();
        assertThat(allows(admin, "mount", 0)).isTrue();
    }

    @Test
    void theDangerousAreNowhere() throws Exception {
        var all = spec(DEFAULT, Capabilities.ALL.toArray(String[]::new));
        for (var name :
                List.of(
                        "keyctl",
                        "add_key",
                        "request_key",
                        "kexec_load",
                        "kexec_file_load",
                        "io_uring_setup",
                        "userfaultfd",
                        "swapon",
                        "pivot_root",
                        "nfsservctl",
                        "create_module",
                        "uselib")) {
            assertThat(rules(all, name)).as(name).isEmpty();
        }
        assertThat(allows(all, "personality", 0x0040000)).isFalse();
        assertThat(allows(all, "personality", 0xffffffffL)).isTrue();
    }

    @Test
    void theFilterHasAsFewRulesAsCanBe() throws Exception {
        var seen = new HashSet<String>();
        var spec = spec(DEFAULT, Capabilities.ALL.toArray(String[]::new));
        for (var rule : spec.path("syscalls").values()) {
            var effect = ((ObjectNode) rule).deepCopy().without("names").toString();
            assertThat(seen.add(effect)).as(effect).isTrue();
        }
        assertThat(spec(DEFAULT).path("syscalls").size()).isEqualTo(15);
    }

    @Test
    void whatThisHostsLibcNeedsIsAllowed() throws Exception {
        var names = new TreeSet<String>();
        spec(DEFAULT)
                .path("syscalls")
                .forEach(r -> r.path("names").forEach(n -> names.add(n.stringValue())));
        assertThat(names)
                .containsAll(
                        Stream.of(
                                        "read",
                                        "write",
                                        "execve",
                                        "mmap",
                                        "futex",
                                        "rseq",
                                        "ptrace",
                                        "arch_prctl",
                                        "set_robust_list",
                                        "statx",
                                        "wait4",
                                        "newfstatat",
                                        "prlimit64",
                                        "getrandom",
                                        "vfork")
                                .filter(n -> !n.endsWith("_"))
                                .toList())
                .hasSizeGreaterThan(290);
    }

    @Test
    void callsOf32BitTablesAreOnlyWhereTheyExist() throws Exception {
        var i386 = SeccompProfile.toSpec(DEFAULT, Set.of(), "386", KERNEL);
        for (var name : List.of("chown32", "ipc", "mmap2", "waitpid", "futex_time64")) {
            assertThat(rules(i386, name)).as(name).isNotEmpty();
            assertThat(rules(spec(DEFAULT), name)).as(name).isEmpty();
        }
        assertThat(rules(i386, "socketcall")).isEmpty();
    }

    @Test
    void anOldKernelLacksWhatIsSafeOnlyOnNewOnes() throws Exception {
        var old = SeccompProfile.toSpec(DEFAULT, Set.of(), "amd64", new KernelVersion(4, 7));
        assertThat(rules(old, "ptrace")).isEmpty();
        assertThat(rules(spec(DEFAULT), "ptrace")).isNotEmpty();
    }

    @Test
    void theOldFormIsRead() throws Exception {
        var old =
                """
                {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                 "syscalls": [{"name": "chmod", "action": "SCMP_ACT_ERRNO", "args": null},
                              {"name": "fchmod", "action": "SCMP_ACT_ERRNO", "args": []},
                              {"name": "no_such_call", "action": "SCMP_ACT_KILL"}]}
                """;
        assertThat(spec(old).toString())
                .isEqualTo(
                        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
                                + "\"syscalls\":[{\"names\":[\"chmod\",\"fchmod\"],\"action\":\"SCMP_ACT_ERRNO\"},"
                                + "{\"names\":[\"no_such_call\"],\"action\":\"SCMP_ACT_KILL\"}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{|decoding seccomp profile failed",
                "[]|it is not a JSON object",
                "{}|no defaultAction; to run without a filter say seccomp=unconfined",
                "{'defaultAction':'ALLOW'}|defaultAction 'ALLOW' is not supported",
                "{'defaultAction':'SCMP_ACT_NOTIFY'}|not supported",
                "{'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/x'}|listenerPath is not supported",
                "{'defaultAction':'SCMP_ACT_ALLOW','flags':['SECCOMP_FILTER_FLAG_SPEC_ALLOW']}|flag",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':{}}|syscalls is not an array",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[7]}|syscalls[0]: it is not an object",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'action':'SCMP_ACT_LOG'}]}|names no system call",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a']}]}|syscalls[0]: no action",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'name':'a','names':['b'],'action':'SCMP_ACT_LOG'}]}|either 'name' or 'names'",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':[1],'action':'SCMP_ACT_LOG'}]}|not a string",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG','args':[{'index':6,'op':'SCMP_CMP_EQ'}]}]}|no argument 6",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG','args':[{'value':-1,'op':'SCMP_CMP_EQ'}]}]}|unsigned",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG','args':[{'op':'='}]}]}|op '='",
                "{'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{'names':['a'],'action':'SCMP_ACT_LOG','includes':{'minKernel':'x'}}]}|not a kernel version",
                "{'defaultAction':'SCMP_ACT_ALLOW','architectures':['SCMP_ARCH_X86'],'archMap':[{}]}|use either 'architectures' or 'archMap'",
            },
            quoteCharacter = '"')
    void aBadProfileIsRefusedWithTheReason(String profile, String why) {
        assertThatExceptionOfType(InvalidSpec.class)
                .isThrownBy(() -> spec(profile.replaceAll("'([A-Za-z0-9_/=]+)'", "\"$1\"")))
                .withMessageContaining(why);
    }

    @Test
    void aDamagedProfileIsReadOrRefusedByOneException() {
        var random = new Random(11);
        for (int i = 0; i < 300; i++) {
            var damaged = new StringBuilder(DEFAULT);
            for (int n = 0; n < 3; n++) {
                damaged.setCharAt(
                        random.nextInt(damaged.length()), "{}[]\",:0a-".charAt(random.nextInt(10)));
            }
            try {
                assertThat(spec(damaged.toString()).has("defaultAction")).isTrue();
            } catch (InvalidSpec e) {
                assertThat(e).hasMessageContaining("seccomp");
            }
        }
    }
}
