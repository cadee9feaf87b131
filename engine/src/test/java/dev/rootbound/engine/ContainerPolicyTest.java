package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.network.Cidr;
import dev.rootbound.network.Protocol;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.runtime.HostLimits;
import dev.rootbound.runtime.ProcessSpec.UserIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section {@code containers} of the policy file: how it is read, and what it decides. */
class ContainerPolicyTest {
    private static final Caller ROOT = new Caller(new Tenant(0), 0, 0, List.of());
    private static final Caller ANN = new Caller(new Tenant(1001), 1001, 1001, List.of());
    private static final Caller BOB = new Caller(new Tenant(1002), 1002, 1002, List.of());
    private static final Caller IN_ANNS =
            new Caller(ANN.tenant(), 1_879_048_192, 0, List.of(), true);
    private static final String DIGEST = "@sha256:" + "a".repeat(64);

    @TempDir Path etc;
    private Path file = Path.of("/");

    @BeforeEach
    void users() throws IOException {
        file = etc.resolve("policy.yaml");
        Files.writeString(
                etc.resolve("passwd"),
                """
                root:x:0:0::/:/bin/sh
                ann:x:1001:1001::/:/bin/sh
                bob:x:1002:1002::/:/bin/sh
                """);
        Files.writeString(etc.resolve("group"), "root:x:0:\nteam:x:2000:bob,carl\n");
    }

    private Policy policy(String containers) throws IOException {
        Files.writeString(file, "version: 1\ncontainers:\n" + containers.indent(2));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var settings = PolicyFile.read(file);
        var limits = new HostLimits(Map.of(), false, 0);
        var caps = Set.copyOf(dev.rootbound.runtime.Capabilities.ALL);
        var host = new Host(new KernelVersion(6, 1), caps, limits, false, PolicyTest.RESOURCES);
        return new Policy(host, new HostUsers(etc, InstantSource.system()), () -> settings);
    }

    private static Policy.Judged judge(Policy policy, Caller caller, String... asks) {
        var isolation = Isolation.DEFAULT;
        var user = "";
        for (var ask : asks) {
            if (ask.startsWith("user ")) user = ask.substring(5);
            else isolation = with(isolation, ask);
        }
        var spec = TestSpec.of("true").isolation(isolation).user(user).build();
        return policy.judge(caller, spec, List.of());
    }

    private static Isolation with(Isolation i, String ask) {
        var words = ask.split(" ", 2);
        var mode = words[words.length - 1];
        UnaryOperator<String> same = text -> text;
        var joined = i.withJoins(same);
        return new Isolation(
                words[0].equals("privileged"),
                words[0].equals("cap") ? List.of(mode) : List.of(),
                List.of(),
                false,
                switch (ask) {
                    case "seccomp unconfined" -> new Isolation.Seccomp.Unconfined();
                    case "seccomp own" ->
                            new Isolation.Seccomp.Profile("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}");
                    default -> joined.seccomp();
                },
                words[0].equals("userns") ? mode : "",
                words[0].equals("network") ? mode : "",
                words[0].equals("ipc") ? mode : "",
                words[0].equals("pid") ? mode : "",
                words[0].equals("uts") ? mode : "",
                words[0].equals("cgroup") ? mode : "",
                words[0].equals("sysctl") ? Map.of(mode, "1") : Map.of(),
                words[0].equals("unmasked") ? List.of() : null,
                null,
                words[0].equals("device") ? List.of(new HostDevice(mode, mode, "rwm")) : List.of(),
                "",
                "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "privileged",
                "cap NET_RAW",
                "cap all",
                "cap cap_chown",
                "seccomp unconfined",
                "seccomp own",
                "userns host",
                "userns map=0:100000:65536",
                "network host",
                "network ns:/proc/1/ns/net",
                "ipc host",
                "pid host",
                "uts host",
                "cgroup host",
                "sysctl net.core.somaxconn",
                "unmasked",
                "device /dev/fuse",
                "user 0",
                "user root",
                "user 00:5",
                "user ",
            })
    void theRestrictedProfileRefusesAsKubernetesDoes(String ask) throws Exception {
        var policy = policy("profile: restricted");
        for (var caller : List.of(ROOT, ANN)) {
            assertThatThrownBy(() -> judge(policy, caller, "user 1000", ask))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("profile restricted, " + file + ":3")
                    .hasMessageContaining("or root allows it in " + file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cap NET_BIND_SERVICE",
                "sysctl net.ipv4.ping_group_range",
                "sysctl kernel.shm_rmid_forced",
                "user app",
                "user 1:0",
                "userns keep-id",
                "network none",
                "pid container:x",
            })
    void theRestrictedProfileAllowsWhatKubernetesDoesAndTakesTheRestAway(String ask)
            throws Exception {
        var policy = policy("profile: restricted");
        var judged = judge(policy, ANN, "user 1000", ask);
        var isolation = judged.spec().isolation();
        assertThat(isolation.noNewPrivileges()).isTrue();
        assertThat(isolation.capDrop()).containsExactly("ALL");
        var again = policy.judge(ANN, judged.spec(), List.of());
        assertThat(again.spec()).isEqualTo(judged.spec());
    }

    @Test
    void aNameThatIsRootInsideIsRefusedWhenItIsKnown() throws Exception {
        var spec = judge(policy("root-user: deny"), ANN, "user app").spec();
        Policy.judge(spec, "app", new UserIds(5, 0, List.of(), "/"));
        assertThatThrownBy(() -> Policy.judge(spec, "app", new UserIds(0, 0, List.of(), "/")))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("user app is root in the container")
                .hasMessageContaining("root-user: deny (" + file + ":3)");
    }

    @Test
    void theFirstRuleThatIsForTheCallerAndSaysSomethingDecides() throws Exception {
        var policy =
                policy(
                        """
                        profile: restricted
                        seccomp: unconfined
                        users:
                          - user: ann
                            privileged: allow
                            capabilities: all
                          - user: 1001
                            capabilities: none
                            unmasked-paths: allow
                          - group: team
                            profile: compatible
                            devices: [/dev/fuse]
                        """);
        judge(policy, ANN, "privileged", "user 5");
        assertThatThrownBy(() -> judge(policy, ANN, "user 0"))
                .hasMessageContaining("root-user: deny (profile restricted, " + file + ":3)");
        assertThatThrownBy(() -> judge(policy, ROOT, "privileged", "user 5"))
                .hasMessageContaining("user root (uid 0)");
        judge(policy, BOB, "privileged");
        assertThatThrownBy(() -> judge(policy, BOB, "device /dev/kvm"))
                .hasMessageContaining("devices: /dev/fuse (" + file + ":14)");
        assertThat(judge(policy, BOB, "device /dev/fuse").grants()).hasSize(1);
        var member = new Caller(ANN.tenant(), 1001, 1001, List.of(2000L));
        judge(policy, member, "cap NET_RAW"); // of its own rule, before that of the group
        assertThatThrownBy(() -> judge(policy, ANN, "sysctl net.core.somaxconn"))
                .hasMessageContaining("sysctls: ");
    }

    @Test
    void capabilitiesThatAreListedMayBeAdded() throws Exception {
        var kept = policy("capabilities: [default, net_raw]");
        assertThat(judge(kept, ANN, "cap NET_RAW").spec().isolation().capDrop()).isEmpty();
        judge(kept, ANN, "cap chown");
        var only = policy("capabilities: [CAP_NET_RAW]");
        assertThat(judge(only, ANN).spec().isolation().capDrop()).containsExactly("ALL");
        for (var policy : List.of(kept, only)) {
            assertThatThrownBy(() -> judge(policy, ANN, "cap SYS_ADMIN"))
                    .hasMessageContaining("capability CAP_SYS_ADMIN is refused");
            assertThatThrownBy(() -> judge(policy, ANN, "privileged"))
                    .hasMessageContaining("all capabilities of privileged mode is refused");
        }
    }

    @Test
    void onlyWhatIsMoreThanOthersHaveIsAGrant() throws Exception {
        var policy = policy("sysctls: [net.ipv4.*]");
        assertThat(judge(policy, ANN, "cap CHOWN").grants()).isEmpty();
        assertThat(judge(policy, ANN, "userns keep-id").grants()).isEmpty();
        assertThat(judge(policy, ANN, "sysctl net.ipv4.ip_forward").grants())
                .containsExactly(new Grant("sysctls", "sysctl net.ipv4.ip_forward", file + ":3"));
        assertThat(judge(policy, ANN, "privileged").grants())
                .containsExactly(new Grant("privileged", "privileged mode", "profile compatible"));
        assertThatThrownBy(() -> judge(policy, ANN, "sysctl net.ipv6.conf.all.forwarding"))
                .isInstanceOf(EngineException.Denied.class);
    }

    @Test
    void whoIsInAContainerGetsNothingOfTheHosts() throws Exception {
        var policy =
                policy(
                        """
                        users:
                          - user: ann
                            userns: all
                            host-namespaces: all
                            devices: all
                        """);
        for (var ask : List.of("userns host", "network host", "device /dev/fuse")) {
            assertThat(judge(policy, ANN, ask).grants()).hasSize(1);
            assertThatThrownBy(() -> judge(policy, IN_ANNS, ask))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("a caller in a container is nobody on the host");
        }
        var roots = new Caller(new Tenant(0), 1_879_048_192, 0, List.of(), true);
        assertThatThrownBy(() -> judge(policy("profile: compatible"), roots, "userns host"))
                .isInstanceOf(EngineException.Denied.class);
    }

    @Test
    void anExecIsMeasuredByTheSameRules() throws Exception {
        var container = TestContainers.of("ab".repeat(32), "n1", 1001, TestSpec.of("sh").build());
        var policy = policy("users: [{user: ann, privileged: deny, root-user: deny}]");
        assertThatThrownBy(() -> policy.judge(ANN, container, exec("5", true)))
                .hasMessageContaining("a privileged exec is refused to user ann");
        assertThatThrownBy(() -> policy.judge(ANN, container, exec("", false)))
                .hasMessageContaining("user root is refused");
        assertThat(policy.judge(ANN, container, exec("5", false))).isEmpty();
        // as its tenant might, whoever asks
        assertThatThrownBy(() -> policy.judge(ROOT, container, exec("5", true)))
                .isInstanceOf(EngineException.Denied.class);
    }

    private static Engine.ExecSpec exec(String user, boolean privileged) {
        return new Engine.ExecSpec(
                List.of("id"), List.of(), user, "", false, false, true, true, privileged, "");
    }

    @Test
    void imagesAreFromWhereTheyWerePulled() throws Exception {
        var policy = policy("image-registries: [docker.io/library, r.example.com:5000/team]\n");
        var spec = TestSpec.of("true").build();
        for (var from :
                List.of(
                        "busybox" + DIGEST,
                        "other.com/x" + DIGEST + " r.example.com:5000/team/x" + DIGEST)) {
            policy.judge(ANN, spec, List.of(from.split(" ")));
        }
        for (var from :
                List.of(
                        "ann/busybox" + DIGEST,
                        "r.example.com/team/x" + DIGEST,
                        "r.example.com:5000/teams" + DIGEST)) {
            assertThatThrownBy(() -> policy.judge(ANN, spec, List.of(from)))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("image-registries: ");
        }
        assertThatThrownBy(() -> policy.judge(ANN, spec, List.of()))
                .hasMessageContaining("loaded, imported or committed");
        var digests = policy("image-digests: required");
        assertThatThrownBy(() -> digests.judge(ANN, spec, List.of()))
                .hasMessageContaining("without digest is refused");
        digests.judge(ANN, spec.with(s -> s.image = "busybox" + DIGEST), List.of());
    }

    private static void publish(Policy policy, Caller caller, int port) {
        var binding = new NetworkSpec.Binding(80, Protocol.TCP, "", port, port + 3);
        policy.judge(caller, TestSpec.of("true").user("5").bound(binding).build(), List.of());
    }

    @Test
    void lowPortsAreHostRootsUnlessTheFileHasThemOthers() throws Exception {
        int lowest = NetworkRule.lowestPort();
        var usual = policy("profile: compatible");
        publish(usual, ROOT, lowest - 1);
        for (int port : List.of(0, lowest, 65_000)) publish(usual, ANN, port);
        assertThatThrownBy(() -> publish(usual, ANN, lowest - 1))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining(
                        "port " + (lowest - 1) + " of the host is refused to user ann")
                .hasMessageContaining("low-ports: deny (profile compatible, " + file + ":3)")
                .hasMessageContaining("ip_unprivileged_port_start");
        publish(policy("users: [{user: ann, low-ports: allow}]"), ANN, lowest - 1);
        var denied = policy("low-ports: deny");
        assertThatThrownBy(() -> publish(denied, ROOT, lowest - 1))
                .hasMessageContaining("low-ports: deny (" + file + ":3)");
    }

    @Test
    void theRestrictedProfileHasNoPortOfTheHostLeadToAContainer() throws Exception {
        var restricted = policy("profile: restricted");
        for (int port : List.of(0, 65_000)) {
            assertThatThrownBy(() -> publish(restricted, ROOT, port))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("a published port is refused to user root")
                    .hasMessageContaining("published-ports: deny (profile restricted");
        }
        int lowest = NetworkRule.lowestPort();
        assertThatThrownBy(() -> publish(restricted, ROOT, lowest - 1))
                .hasMessageContaining("profile restricted");
        var more = policy("{profile: restricted, published-ports: allow}");
        publish(more, ROOT, 65_000);
        assertThatThrownBy(() -> publish(more, ROOT, lowest - 1))
                .hasMessageContaining("low-ports: deny (profile restricted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"172.30.0.0/16", "192.168.99.0/24", "172.16.0.0/12", "fd12:3::/64"})
    void subnetsThatAreNobodysOnMostHostsAnybodyChooses(String cidr) throws Exception {
        for (var caller : List.of(ROOT, ANN)) {
            policy("profile: compatible").judge(caller, Cidr.parse(cidr));
            policy("profile: restricted").judge(caller, Cidr.parse(cidr));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/24",
                "8.8.8.0/24",
                "172.0.0.0/8",
                "172.15.0.0/16",
                "192.0.0.0/8",
                "169.254.0.0/16",
                "100.64.0.0/10",
                "2001:db8::/64",
                "fe80::/64",
                "fc00::/8",
            })
    void otherSubnetsAreHostRootsToChoose(String cidr) throws Exception {
        var policy = policy("profile: compatible");
        assertThatThrownBy(() -> policy.judge(ANN, Cidr.parse(cidr)))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("subnet " + cidr + " is refused to user ann")
                .hasMessageContaining("subnets: 172.16.0.0/12, 192.168.0.0/16, fd00::/8 (profile")
                .hasMessageContaining("the engine takes one that is free");
        policy.judge(ROOT, Cidr.parse(cidr));
    }

    @Test
    void subnetsAreThoseThatTheFileNames() throws Exception {
        var policy = policy("subnets: [10.8.0.0/13, '2001:db8::/32']");
        for (var caller : List.of(ROOT, ANN)) {
            policy.judge(caller, Cidr.parse("10.8.0.0/13"));
            policy.judge(caller, Cidr.parse("10.15.255.0/24"));
            policy.judge(caller, Cidr.parse("2001:db8:1::/64"));
            for (var other : List.of("10.0.0.0/8", "10.16.0.0/24", "172.30.0.0/24")) {
                assertThatThrownBy(() -> policy.judge(caller, Cidr.parse(other)))
                        .hasMessageContaining(
                                "subnets: 10.8.0.0/13, 2001:db8::/32 (" + file + ":3)");
            }
        }
        var none = policy("subnets: none");
        assertThatThrownBy(() -> none.judge(ROOT, Cidr.parse("172.30.0.0/24")))
                .hasMessageContaining("subnets: none");
        policy("subnets: all").judge(ANN, Cidr.parse("10.0.0.0/24"));
    }

    @Test
    void hostPathsAreMeasuredWhereTheyAre() throws Exception {
        var real = Files.createDirectories(etc.resolve("real/below"));
        Files.createSymbolicLink(etc.resolve("link"), etc.resolve("real"));
        var policy =
                policy(
                        """
                        host-paths:
                          allow: [%1$s, /srv]
                          read-only: [/srv/ro]
                          deny: [%1$s/link/below, /srv/ro/secret]
                        """
                                .formatted(etc));
        isAllowed(policy, etc + "/real", false, true); // what is denied lies in it
        isAllowed(policy, real.toString(), false, true);
        isAllowed(policy, real + "/deeper", false, true);
        isAllowed(policy, real + "s", true, false);
        isAllowed(policy, "/srv/rw", true, false);
        isAllowed(policy, "/srv/ro/x", false, false);
        isAllowed(policy, "/srv/ro", false, true);
        isAllowed(policy, "/srvs", false, true);
        isAllowed(policy, "/", false, true);
    }

    private static void isAllowed(Policy policy, String path, boolean written, boolean denied)
            throws IOException {
        for (var access : HostMounts.Access.values()) {
            var bind = BindMount.of("/as/it/was/called", "/x", access);
            boolean readOnly = access == HostMounts.Access.NOTHING;
            if (written || (readOnly && !denied)) {
                policy.judge(ANN, bind, path, List::of);
                continue;
            }
            assertThatThrownBy(() -> policy.judge(ANN, bind, path, List::of))
                    .as(path + " " + access)
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("host path /as/it/was/called")
                    .hasMessageContaining("host-paths: ");
        }
    }

    @Test
    void whatRootMayDoWithItsOwnFilesIsTheAdministrators() throws Exception {
        assertThat(policy("profile: compatible").ownerOf(ROOT, "/srv")).isEmpty();
        var policy = policy("users: [{user: root, root-binds: owner}]");
        assertThat(policy.ownerOf(ROOT, "/srv").orElseThrow().rule()).isEqualTo(file + ":3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "[]                            | here stands a mapping",
                "{profil: restricted}          | key 'profil' is not known",
                "{profile: baseline}           | 'profile' is compatible or restricted",
                "{privileged: yes}             | 'privileged' is one of deny, allow, not 'yes'",
                "{privileged: [allow]}         | 'privileged' is a text",
                "{privileged: }                | 'privileged' is a text",
                "{privileged: deny, privileged: allow} | stands here twice",
                "{capabilities: NET_RAW}       | 'capabilities' is all, none or a list",
                "{capabilities: [NET_ROW]}     | has no capability 'NET_ROW'",
                "{capabilities: {a: b}}        | 'capabilities' is a text",
                "{seccomp: off}                | 'seccomp' is one of default, profile, unconfined",
                "{userns: [auto]}              | 'userns' has container, host, keep-id, map, not 'auto'",
                "{host-namespaces: [user]}     | 'host-namespaces' has cgroup, ipc",
                "{sysctls: ['*']}              | 'sysctls' has names such as",
                "{sysctls: [net*]}             | 'sysctls' has names such as",
                "{devices: [dev/fuse]}         | 'devices' has absolute paths",
                "{host-paths: [/srv]}          | here stands a mapping, with keys allow, read-only",
                "{host-paths: {allow: /srv}}   | 'allow' is a list",
                "{host-paths: {allow: [/srv/../etc]}} | 'allow' has absolute paths without '..'",
                "{host-paths: {allow: [/srv], deny: [/srv/]}} | '/srv' stands here twice",
                "{image-registries: [app]}     | a registry",
                "{low-ports: [80]}             | 'low-ports' is a text",
                "{low-ports: 80}               | 'low-ports' is one of deny, allow, not '80'",
                "{published-ports: all}        | 'published-ports' is one of deny, allow, not 'all'",
                "{subnets: 10.0.0.0/8}         | 'subnets' is all, none or a list",
                "{subnets: [10.0.0.0/33]}      | has blocks such as 10.8.0.0/13",
                "{image-digests: true}         | 'image-digests' is one of required, optional",
                "{root-binds: root}            | 'root-binds' is one of stranger, owner",
                "{users: {ann: {}}}            | 'users' is a list",
                "{users: [{privileged: deny}]} | either 'user' or 'group'",
                "{users: [{user: a, group: a}]} | either 'user' or 'group'",
                "{users: [{user: a}, {user: a}]} | there are rules for a already",
                "{users: [{user: a, users: []}]} | key 'users' is not known",
                "&a {users: [*a]}              | key 'users' is not known",
                "{<<: {privileged: allow}}     | key '<<' is not known",
            })
    void whatIsWrongIsRefusedByItsLine(String containers, String reason) {
        assertThatThrownBy(() -> policy(containers))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("policy.yaml:3: ")
                .hasMessageContaining(reason);
    }

    /** Nine levels of nine aliases each: 9^9 texts if it were written out. */
    @Test
    void aliasesAreNotMultiplied() {
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int level = 1; level < 10; level++) {
            var alias = "*a" + (level - 1) + ",";
            bomb.append("a%d: &a%d [%s]\n".formatted(level, level, alias.repeat(9)));
        }
        assertThatThrownBy(() -> policy(bomb + "capabilities: *a9\n"))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> policy("capabilities: " + "[".repeat(100_000)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void setUserIdFilesAreRefusedByTheFilterAndSoIsToHaveNone() throws IOException {
        var policy = policy("set-user-id-files: refuse");
        var rule = "set-user-id-files: refuse (" + file + ":3)";
        var spec = judge(policy, ANN, "user app").spec();
        assertThat(spec.isolation().setIdsRefused()).isEqualTo(rule);
        for (var ask : List.of("privileged", "seccomp unconfined")) {
            assertThatThrownBy(() -> judge(policy, ANN, ask))
                    .as(ask)
                    .hasMessageContaining("no seccomp filter")
                    .hasMessageContaining(rule);
        }
        assertThatThrownBy(() -> judge(policy, ANN, "seccomp own"))
                .hasMessageContaining("whose defaultAction lets system calls through");
        assertThat(judge(policy("profile: restricted"), ANN, "user app").spec().isolation())
                .returns("", Isolation::setIdsRefused);
    }
}
