package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.runtime.HostLimits;
import dev.rootbound.runtime.Rlimit;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    static final HostResources RESOURCES = new HostResources(2, "0-1", "0", true, true, true);
    private static final Caller ROOT = new Caller(new Tenant(0), 0, 0, List.of());
    private static final Caller USER = new Caller(new Tenant(1000), 1000, 1000, List.of());

    private final Policy policy = policy(false, 100);

    private static Policy policy(boolean sysResource, int oomScoreAdj) {
        return new Policy(
                new Host(
                        new KernelVersion(6, 1),
                        Set.of("CAP_CHOWN"),
                        new HostLimits(Map.of("nofile", 1024L), sysResource, oomScoreAdj),
                        false,
                        RESOURCES),
                new HostUsers(Path.of("/etc"), InstantSource.system()),
                () -> PolicySettings.DEFAULT);
    }

    private Policy.Judged judge(Isolation isolation) {
        return policy.judge(USER, TestSpec.of("true").isolation(isolation).build(), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "0,''",
        "0,auto",
        "0,private",
        "1,''",
        "1,none",
        "2,''",
        "2,private",
        "2,shareable",
        "3,''",
        "3,private",
        "4,''",
        "4,private",
        "5,''",
        "5,private",
        "0,keep-id",
        "0,auto:size=65536",
        "2,none",
        "0,container:x",
        "1,container:x",
        "2,container:x",
        "3,container:x"
    })
    void whatGivesAContainerItsOwnOrItsTenantsIsAccepted(int which, String mode) {
        assertThat(judge(TestIsolation.mode(which, mode)).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/zero, /dev/null, rwm, has one of its own there",
        "/dev/zero, /dev//pts/7, rwm, has one of its own there",
        "/dev/snd, /dev, rwm, has one of its own there",
        "/dev/zero, /proc/x, rwm, an absolute path below /",
        "/dev/zero, /tmp/../x, rwm, an absolute path below /",
        "dev/zero, /x, rwm, on the host is absolute",
        "/dev/zero, /x, rx, invalid device mode",
        "/dev/zero, /x, '', invalid device mode"
    })
    void aDeviceThatCannotBeThereIsInvalid(
            String source, String target, String access, String why) {
        var device = new HostDevice(source, target, access);
        var spec = TestSpec.of("true").isolation(TestIsolation.devices(device)).build();
        assertThatThrownBy(() -> policy.judge(ROOT, spec, List.of()))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining(why);
    }

    @Test
    void twoDevicesAreNotAtOnePlace() {
        var one = new HostDevice("/dev/fuse", "/dev/x", "r");
        var other = new HostDevice("/dev/net/tun", "/dev//x", "r");
        var spec = TestSpec.of("true").isolation(TestIsolation.devices(one, other)).build();
        assertThatThrownBy(() -> policy.judge(ROOT, spec, List.of()))
                .hasMessageContaining("Duplicate mount point: /dev//x");
        var usual = new HostDevice("/dev/null", "/dev/null", "rwm");
        var harmless = TestSpec.of("true").isolation(TestIsolation.devices(usual)).build();
        assertThat(policy.judge(ROOT, harmless, List.of()).grants()).hasSize(1);
    }

    @Test
    void theHostsUserNamespaceIsDenied() {
        assertThatThrownBy(() -> judge(TestIsolation.mode(0, "host")))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining("with ids of the host, is refused to user")
                .hasMessageContaining("userns: container, keep-id (profile compatible)");
    }

    @ParameterizedTest
    @CsvSource({"4,container:x", "5,container:x", "1,ns:/proc/1/ns/net"})
    void whatSharesANamespaceAndIsNotBuiltIsRefused(int which, String mode) {
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(which, mode)).build();
        assertThatThrownBy(() -> policy.judge(ROOT, spec, List.of()))
                .isInstanceOf(EngineException.NotImplemented.class)
                .hasMessageContaining(mode);
        assertThatThrownBy(() -> policy.judge(USER, spec, List.of()))
                .isInstanceOf(
                        mode.startsWith("ns:")
                                ? EngineException.Denied.class
                                : EngineException.NotImplemented.class);
    }

    @ParameterizedTest
    @CsvSource({"1, network", "2, ipc", "3, pid", "4, uts", "5, cgroup"})
    void theHostsNamespacesAreForHostRoot(int which, String name) {
        var spec = TestSpec.of("true").isolation(TestIsolation.mode(which, "host")).build();
        assertThat(policy.judge(ROOT, spec, List.of()).grants())
                .extracting(Grant::what)
                .containsExactly(name + " namespace mode host");
        assertThatThrownBy(() -> policy.judge(USER, spec, List.of()))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining(name + " namespace mode host is refused to user");
    }

    @Test
    void theHostsNetworkIsForHostRootAndItsSysctlsForNobody() {
        var isolation = TestIsolation.mode(1, "host");
        var spec = TestSpec.of("true").isolation(isolation).build();
        assertThat(policy.judge(ROOT, spec, List.of()).grants()).hasSize(1);
        assertThatThrownBy(() -> policy.judge(USER, spec, List.of()))
                .isInstanceOf(EngineException.Denied.class);
        var sysctls = TestIsolation.sysctls(Map.of("net.ipv4.ip_forward", "1"));
        var own = TestSpec.of("true").isolation(sysctls).build();
        assertThat(policy.judge(ROOT, own, List.of()).warnings()).isEmpty();
        var hosts = TestSpec.of("true").isolation(sysctls.withNetwork("host")).build();
        assertThatThrownBy(() -> policy.judge(ROOT, hosts, List.of()))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("net.ipv4.ip_forward is the host's");
    }

    @ParameterizedTest
    @CsvSource({"0,HOST", "0,keep-ids", "1,mine", "2,Host", "3,' host'", "4,none", "5,none"})
    void whatIsNoModeIsInvalid(int which, String mode) {
        assertThatThrownBy(() -> judge(TestIsolation.mode(which, mode)))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("mode: " + mode);
    }

    @Test
    void aSeccompProfileThatIsNoneIsRefusedAtOnce() {
        assertThatThrownBy(() -> judge(TestIsolation.with(new Isolation.Seccomp.Profile("{"))))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void anUnknownStopSignalIsRefusedAtOnce() {
        var spec = TestSpec.of("true");
        spec.stopSignal = "SIGNONE";
        assertThatThrownBy(() -> policy.judge(USER, spec.build(), List.of()))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void limitsAboveTheHostsAreLoweredWithAWarningEach() {
        var spec = TestSpec.of("true");
        spec.rlimits = List.of(new Rlimit("nofile", 4096, 4096));
        spec.oomScoreAdj = -500;
        var judged = policy.judge(USER, spec.build(), List.of());
        assertThat(judged.spec().rlimits()).containsExactly(new Rlimit("nofile", 1024, 1024));
        assertThat(judged.spec().oomScoreAdj()).isEqualTo(100);
        assertThat(judged.warnings()).hasSize(2);
    }

    @Test
    void onlyHostRootGetsMoreThanTheEnginesOwnLimits() {
        var spec = TestSpec.of("true");
        spec.rlimits = List.of(new Rlimit("nofile", 4096, 4096));
        spec.oomScoreAdj = -500;
        var strong = policy(true, -100);
        assertThat(strong.judge(ROOT, spec.build(), List.of()).spec().rlimits())
                .isEqualTo(spec.rlimits);
        assertThat(strong.judge(ROOT, spec.build(), List.of()).spec().oomScoreAdj())
                .isEqualTo(-500);
        assertThat(strong.judge(USER, spec.build(), List.of()).spec().rlimits())
                .containsExactly(new Rlimit("nofile", 1024, 1024));
        assertThat(strong.judge(USER, spec.build(), List.of()).spec().oomScoreAdj()).isEqualTo(0);
    }

    @Test
    void whatWasJudgedOnceIsNotChangedByJudgingItAgain() {
        var spec = TestSpec.of("true");
        spec.rlimits = List.of(new Rlimit("nofile", -1, -1));
        var once = policy.judge(USER, spec.build(), List.of()).spec();
        assertThat(policy.judge(USER, once, List.of()))
                .isEqualTo(new Policy.Judged(once, List.of(), List.of()));
    }

    private static Engine.ExecSpec exec(String program, String user, boolean privileged) {
        return new Engine.ExecSpec(
                List.of(program), List.of(), user, "", false, false, true, true, privileged, "");
    }

    @Test
    void anExecIsJudgedTooForItsCaller() {
        var container = TestContainers.of("ab".repeat(32), "n1", 1000, TestSpec.of("sh").build());
        policy.judge(USER, container, exec("id", "0", true));
        policy.judge(ROOT, container, exec("id", "", false));
        var other = new Caller(new Tenant(1001), 1001, 1001, List.of());
        assertThatThrownBy(() -> policy.judge(other, container, exec("id", "", false)))
                .isInstanceOf(EngineException.Denied.class);
        assertThatThrownBy(() -> policy.judge(USER, container, exec("x".repeat(5000), "", false)))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessage("the name of the program has 5000 bytes: 4095 are the most");
        assertThatThrownBy(() -> policy.judge(USER, container, exec("id", "u".repeat(5000), true)))
                .isInstanceOf(EngineException.Invalid.class);
    }
}
