package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.runtime.BundleSpec.Device;
import dev.rootbound.runtime.BundleSpec.Mount;
import dev.rootbound.runtime.BundleSpec.Namespace;
import dev.rootbound.runtime.ProcessSpec.UserIds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Golden files: {@code -Dgolden.update} rewrites them, to be reviewed as a diff. */
class RuntimeConfigTest {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final Path GOLDEN = Path.of("src/test/resources/runtime-config");
    private static final KernelVersion KERNEL = new KernelVersion(6, 12);
    private static final UserIds ROOT = new UserIds(0, 0, List.of(0L, 10L), "/root");

    /** A profile of two lines, so that the golden files show everything else. */
    private static final String PROFILE =
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              {"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}
            """;

    private static ProcessSpec process(UserIds user, Set<String> caps, List<Rlimit> rlimits) {
        return new ProcessSpec(
                List.of("sh", "-c", "id"),
                List.of("PATH=/usr/bin:/bin", "X=a=b"),
                "/work",
                user,
                false,
                caps,
                false,
                rlimits,
                null);
    }

    private static Map<String, String> withDefaults(Map<String, String> sysctls) {
        var all =
                new java.util.HashMap<>(
                        RuntimeConfig.defaultSysctls(IdMap.of(new IdRange(1879048192, 65536))));
        all.putAll(sysctls);
        return all;
    }

    private static final ProcessSpec PROCESS = process(ROOT, Capabilities.DEFAULT, List.of());

    /** What differs between the cases. */
    private record Case(
            ProcessSpec process,
            boolean readOnly,
            boolean privileged,
            @Nullable String seccomp,
            Resources resources,
            List<Mount> mounts,
            Map<String, String> sysctls,
            String joined,
            boolean unified) {
        Case(ProcessSpec process) {
            this(process, false, false, PROFILE, Resources.DEFAULT, List.of(), Map.of(), "", false);
        }

        BundleSpec spec() {
            return spec(
                    List.of(
                            new Namespace("user", "/proc/41/ns/user"),
                            new Namespace("network", "/proc/41/ns/net"),
                            new Namespace("ipc", joined),
                            new Namespace("pid", joined),
                            Namespace.made("uts"),
                            Namespace.made("mount"),
                            Namespace.made("cgroup")));
        }

        BundleSpec spec(List<Namespace> namespaces) {
            return new BundleSpec(
                    "3f2a",
                    Path.of("/run/rootbound/c/3f2a/rootfs"),
                    readOnly,
                    "box",
                    "example.org",
                    process,
                    IdMaps.of(new IdRange(1879048192, 65536)),
                    namespaces,
                    privileged,
                    seccomp,
                    "amd64",
                    resources,
                    List.of(new Device(false, 10, 229, "rw")),
                    mounts,
                    withDefaults(sysctls),
                    RuntimeConfig.DEFAULT_MASKED_PATHS,
                    RuntimeConfig.DEFAULT_READONLY_PATHS,
                    Map.of("org.example.who", "nobody"),
                    "/rootbound/0/3f2a",
                    unified);
        }
    }

    private static JsonNode isAsInFile(String name, Case input) throws Exception {
        var config = RuntimeConfig.of(input.spec(), KERNEL);
        var file = GOLDEN.resolve(name).resolve("expected.json");
        if (System.getProperty("golden.update") != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, JSON.writeValueAsString(config) + "\n");
        }
        assertThat(JSON.readTree(JSON.writeValueAsString(config)))
                .isEqualTo(JSON.readTree(Files.readString(file)));
        return config;
    }

    @Test
    void theDefaultIsAsInFile() throws Exception {
        var config = isAsInFile("default", new Case(PROCESS));
        assertThat(config.has("hooks")).isFalse();
        assertThat(config.toString()).doesNotContain("domainname", "example.org");
    }

    @Test
    void privilegedIsAsInFileAndStillHasNoDevices() throws Exception {
        var all = new LinkedHashSet<>(Capabilities.ALL);
        var config =
                isAsInFile(
                        "privileged",
                        new Case(
                                process(ROOT, all, List.of()),
                                false,
                                true,
                                null,
                                Resources.DEFAULT,
                                List.of(),
                                Map.of(),
                                "",
                                false));
        assertThat(config.at("/linux/resources/devices/0").toString())
                .isEqualTo("{\"allow\":false,\"access\":\"rwm\"}");
        assertThat(config.path("linux").has("maskedPaths")).isFalse();
    }

    @Test
    void whatIsInTheHostsNamespacesHasNoHostnameAndNoMapOfItsOwn() throws Exception {
        var config =
                RuntimeConfig.of(new Case(PROCESS).spec(List.of(Namespace.made("pid"))), KERNEL);
        assertThat(config.at("/linux/namespaces").toString()).isEqualTo("[{\"type\":\"pid\"}]");
        assertThat(config.has("hostname")).isFalse();
        assertThat(config.path("linux").has("uidMappings")).isFalse();
    }

    @Test
    void aReadOnlyRootIsAsInFile() throws Exception {
        isAsInFile(
                "read-only",
                new Case(
                        PROCESS,
                        true,
                        false,
                        PROFILE,
                        Resources.DEFAULT,
                        List.of(),
                        Map.of(
                                "net.core.somaxconn",
                                "1024",
                                "net.ipv4.ip_unprivileged_port_start",
                                "1024"),
                        "",
                        false));
    }

    @Test
    void mountsOfTheRequestAreAsInFile() throws Exception {
        isAsInFile(
                "tmpfs",
                new Case(
                        PROCESS,
                        false,
                        false,
                        PROFILE,
                        Resources.DEFAULT,
                        List.of(
                                new Mount(
                                        "/run",
                                        "tmpfs",
                                        "tmpfs",
                                        List.of("nosuid", "nodev", "size=64m")),
                                new Mount(
                                        "/dev/shm",
                                        "tmpfs",
                                        "shm",
                                        List.of("nosuid", "nodev", "noexec", "size=1m")),
                                new Mount(
                                        "/etc/hosts",
                                        "bind",
                                        "/run/rootbound/c/3f2a/hosts",
                                        List.of("bind"))),
                        Map.of(),
                        "/proc/42/ns/x",
                        false));
    }

    private static final Resources LIMITS =
            new Resources(
                    64 << 20,
                    32 << 20,
                    128 << 20,
                    0,
                    1_500_000_000,
                    512,
                    0,
                    0,
                    "0-1",
                    "0",
                    100,
                    300,
                    true);

    @Test
    void limitsAreAsInFile() throws Exception {
        var limits = List.of(new Rlimit("nofile", 1024, 4096), new Rlimit("core", 0, -1));
        var process = process(ROOT, Capabilities.DEFAULT, limits);
        isAsInFile(
                "limits",
                new Case(process, false, false, PROFILE, LIMITS, List.of(), Map.of(), "", false));
    }

    @Test
    void aUserOtherThanRootHasNoEffectiveCapability() throws Exception {
        var user = new UserIds(1000, 1000, List.of(1000L), "/home/app");
        var config =
                isAsInFile("non-root", new Case(process(user, Capabilities.DEFAULT, List.of())));
        assertThat(config.at("/process/capabilities/effective")).isEmpty();
        assertThat(config.at("/process/capabilities/permitted")).isEmpty();
        assertThat(config.at("/process/capabilities/bounding")).hasSize(11);
    }

    @Test
    void aUnifiedHierarchyGetsNothingThatItLacks() throws Exception {
        var v2 = new Case(PROCESS, false, false, null, LIMITS, List.of(), Map.of(), "", true);
        assertThat(RuntimeConfig.of(v2.spec(), KERNEL).toString())
                .contains("\"limit\":67108864")
                .doesNotContain("disableOOMKiller", "swappiness", "kernel\":");
    }

    @Test
    void pidsAreUnlimitedOnlyIfAskedFor() throws Exception {
        var none = new Resources(0, 0, 0, null, 0, 0, 0, 0, "", "", -1, 0, false);
        assertThat(ResourceConfig.of(none, List.of(), false).has("pids")).isFalse();
        assertThat(
                        ResourceConfig.of(Resources.DEFAULT, List.of(), false)
                                .at("/pids/limit")
                                .intValue())
                .isEqualTo(4096);
    }

    @Test
    void anExecsProcessIsTheSameObject() throws Exception {
        assertThat(RuntimeConfig.processJson(PROCESS))
                .isEqualTo(RuntimeConfig.of(new Case(PROCESS).spec(), KERNEL).path("process"));
    }

    @Test
    void homeIsSaidUnlessTheRequestSaysIt() {
        assertThat(RuntimeConfig.processJson(PROCESS).path("env").toString())
                .contains("HOME=/root");
        var own =
                new ProcessSpec(
                        List.of("sh"),
                        List.of("HOME=/x"),
                        "/",
                        ROOT,
                        true,
                        Set.of(),
                        true,
                        List.of(),
                        -5);
        var json = RuntimeConfig.processJson(own);
        assertThat(json.path("env").toString()).isEqualTo("[\"HOME=/x\"]");
        assertThat(json.path("oomScoreAdj").intValue()).isEqualTo(-5);
        assertThat(json.path("noNewPrivileges").booleanValue()).isTrue();
        assertThat(json.path("terminal").booleanValue()).isTrue();
    }
}
