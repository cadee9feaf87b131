package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.KernelVersion;
import dev.rootbound.linux.Stat;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.BundleSpec;
import dev.rootbound.runtime.BundleSpec.Namespace;
import dev.rootbound.runtime.HostLimits;
import dev.rootbound.runtime.ProcessSpec;
import dev.rootbound.runtime.RuntimeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecPlanTest {
    private static final IdMaps IDS = IdMaps.of(new IdRange(1_879_048_192L, 65536));
    private static final ProcessSpec.UserIds USER =
            new ProcessSpec.UserIds(33, 33, List.of(33L), "/var/www");
    private static final Host HOST =
            new Host(
                    new KernelVersion(6, 1),
                    Set.of("CAP_CHOWN", "CAP_SYS_ADMIN"),
                    new HostLimits(Map.of(), true, 0),
                    false,
                    PolicyTest.RESOURCES);

    private static final HostDevices.Node FUSE =
            new HostDevices.Node(
                    "/dev/fuse",
                    new Stat(Stat.CHARACTER_DEVICE | 0666, 0, 0, 0, 1, 1, 0, 0, 10, 229, 5),
                    "rw");

    private final SpecPlan plan = new SpecPlan(HOST, Path.of("/usr/bin/tini-static"));

    private static Container container(TestSpec spec) {
        var complete = spec.build();
        return TestContainers.of("ab".repeat(32), "n1", 1000, complete);
    }

    private BundleSpec bundle(SpecPlan by, TestSpec spec) throws Exception {
        var container = container(spec);
        return by.bundle(
                container,
                new Bundle(container.id(), Path.of("/run/c/x")),
                IDS,
                by.process(container, USER, List.of()),
                List.of(FUSE),
                "amd64");
    }

    @Test
    void theEnvironmentIsDockers() throws Exception {
        var spec = TestSpec.of("sh");
        spec.hostname = "box";
        spec.env = List.of("PATH=/i", "A=1");
        assertThat(plan.process(container(spec), USER, List.of()).env())
                .containsExactly("PATH=/i", "HOSTNAME=box", "HOME=/var/www", "A=1");
        spec.terminal = true;
        spec.env = List.of("HOME=/h", "TERM=dumb");
        assertThat(plan.process(container(spec), USER, List.of()).env())
                .containsExactly(ImageDefaults.PATH, "HOSTNAME=box", "TERM=dumb", "HOME=/h");
    }

    @Test
    void anInitProgramComesFirstAndReadOnly() throws Exception {
        var spec = TestSpec.of("sh", "-c", "x").init();
        assertThat(plan.process(container(spec), USER, List.of()).args())
                .containsExactly("/sbin/docker-init", "--", "sh", "-c", "x");
        assertThat(bundle(plan, spec).mounts())
                .contains(
                        new BundleSpec.Mount(
                                "/sbin/docker-init", "bind", "/run/c/x/init", List.of("rbind")));
        assertThat(plan.initProgram()).hasToString("/usr/bin/tini-static");
    }

    @Test
    void initWithoutAProgramSaysWhatToInstall() {
        assertThatThrownBy(() -> new SpecPlan(HOST, null).initProgram())
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("install the package catatonit");
    }

    @Test
    void aTmpfsIsSafeUnlessItSaysOtherwise() throws Exception {
        var spec = TestSpec.of("sh");
        spec.tmpfs =
                List.of(
                        new ContainerSpec.Tmpfs("/a", ""),
                        new ContainerSpec.Tmpfs("/b", "exec,size=1m"));
        assertThat(bundle(plan, spec).mounts())
                .contains(
                        new BundleSpec.Mount(
                                "/a", "tmpfs", "tmpfs", List.of("nosuid", "nodev", "noexec")),
                        new BundleSpec.Mount(
                                "/b",
                                "tmpfs",
                                "tmpfs",
                                List.of("nosuid", "nodev", "noexec", "exec", "size=1m")));
    }

    @Test
    void privilegedIsWhatTheEngineHasAndKeepsTheIds() throws Exception {
        var spec = TestSpec.of("sh").isolation(TestIsolation.privileged());
        var bundle = bundle(plan, spec);
        assertThat(bundle.seccomp()).isNull();
        assertThat(bundle.maskedPaths()).isEmpty();
        assertThat(bundle.readonlyPaths()).isEmpty();
        assertThat(bundle.process().bounding())
                .containsExactlyInAnyOrder("CAP_CHOWN", "CAP_SYS_ADMIN");
        assertThat(bundle.ids()).isEqualTo(IDS);
    }

    @Test
    void anOrdinaryContainerHasDockersProtection() throws Exception {
        var bundle = bundle(plan, TestSpec.of("sh"));
        assertThat(bundle.seccomp()).isNotNull();
        assertThat(bundle.maskedPaths()).isEqualTo(RuntimeConfig.DEFAULT_MASKED_PATHS);
        assertThat(bundle.readonlyPaths()).isEqualTo(RuntimeConfig.DEFAULT_READONLY_PATHS);
        assertThat(bundle.process().bounding()).containsExactly("CAP_CHOWN");
        assertThat(bundle.cgroupsPath()).isEqualTo("/rootbound/1000/" + "ab".repeat(32));
        assertThat(bundle.namespaces())
                .containsExactly(
                        new Namespace("user", "/run/c/x/user"),
                        new Namespace("network", "/run/c/x/network"),
                        Namespace.made("ipc"),
                        Namespace.made("pid"),
                        Namespace.made("uts"),
                        Namespace.made("mount"),
                        Namespace.made("cgroup"));
    }

    @ParameterizedTest
    @CsvSource({
        "1, network, /sys, sys",
        "2, ipc, /dev/mqueue, mqueue",
        "3, pid, /proc, proc",
        "4, uts, , ",
        "5, cgroup, , "
    })
    void whoIsInANamespaceOfTheHostsHasNoneOfItsOwnAndWhatShowsItFromTheEngine(
            int mode, String type, @Nullable String target, @Nullable String name)
            throws Exception {
        var spec = TestSpec.of("sh");
        spec.isolation = TestIsolation.mode(mode, "host");
        var bundle = bundle(plan, spec);
        assertThat(bundle.namespaces()).extracting(Namespace::type).doesNotContain(type).hasSize(6);
        var kernels = bundle.mounts().stream().filter(m -> m.source().contains("/kernel-"));
        if (target == null) {
            assertThat(kernels).isEmpty();
        } else {
            var source = "/run/c/x/kernel-" + name;
            assertThat(kernels)
                    .containsExactly(
                            new BundleSpec.Mount(target, "bind", source, List.of("rbind")));
        }
    }

    @Test
    void sharedMemoryIsItsOwnWithIdsOfItsOwn() throws Exception {
        assertThat(shm("")).containsExactly("tmpfs");
        assertThat(shm("shareable")).containsExactly("bind");
        assertThat(shm("host")).containsExactly("tmpfs");
        assertThat(shm("none")).isEmpty();
        var spec = TestSpec.of("sh");
        spec.isolation = TestIsolation.mode(2, "host").withUserns("host");
        assertThat(shm(spec)).isEmpty(); // a bind mount of the spec's
    }

    private List<String> shm(String ipc) throws Exception {
        var spec = TestSpec.of("sh");
        spec.isolation = TestIsolation.mode(2, ipc);
        return shm(spec);
    }

    private List<String> shm(TestSpec spec) throws Exception {
        return bundle(plan, spec).mounts().stream()
                .filter(mount -> mount.target().equals("/dev/shm"))
                .map(BundleSpec.Mount::type)
                .toList();
    }

    @Test
    void aDeviceIsAMountAndARuleOfItsCgroup() throws Exception {
        var bundle = bundle(plan, TestSpec.of("sh"));
        assertThat(bundle.devices()).containsExactly(new BundleSpec.Device(false, 10, 229, "rw"));
        assertThat(bundle.mounts())
                .contains(
                        new BundleSpec.Mount(
                                "/dev/fuse", "bind", "/run/c/x/mount-0", List.of("rbind")));
    }

    @Test
    void anExecHasTheContainersPlaceUnlessItSaysOtherwise() throws Exception {
        var spec = TestSpec.of("sh");
        spec.env = List.of("A=1", "B=2");
        spec.workingDir = "/w";
        var exec = exec(List.of("B=3"), "", false);
        var process = plan.exec(container(spec), exec, USER);
        assertThat(process.args()).containsExactly("id");
        assertThat(process.cwd()).isEqualTo("/w");
        assertThat(process.env()).endsWith("A=1", "B=3");
        assertThat(process.bounding()).containsExactly("CAP_CHOWN");
        assertThat(plan.exec(container(spec), exec(List.of(), "/x", false), USER).cwd())
                .isEqualTo("/x");
        assertThat(plan.exec(container(spec), exec(List.of(), "", true), USER).bounding())
                .contains("CAP_SYS_ADMIN");
    }

    private static Engine.ExecSpec exec(List<String> env, String workingDir, boolean privileged) {
        return new Engine.ExecSpec(
                List.of("id"), env, "", workingDir, false, false, true, true, privileged, "");
    }
}
