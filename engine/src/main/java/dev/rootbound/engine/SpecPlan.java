package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.BundleSpec;
import dev.rootbound.runtime.BundleSpec.Namespace;
import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.InvalidSpec;
import dev.rootbound.runtime.ProcessSpec;
import dev.rootbound.runtime.RuntimeConfig;
import dev.rootbound.runtime.SeccompProfile;
import dev.rootbound.runtime.SetIdFilter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a container's complete spec and its leased ids to what the runtime is told. Pure. */
final class SpecPlan {
    private static final String INIT = "/sbin/docker-init";
    private static final List<String> SAFE = List.of("nosuid", "nodev", "noexec");

    private final Host host;
    private final @Nullable Path init;

    /**
     * @param init a static init program on the host, if there is one
     */
    SpecPlan(Host host, @Nullable Path init) {
        this.host = host;
        this.init = init;
    }

    /**
     * The first process.
     *
     * @param more variables, over the spec's
     */
    ProcessSpec process(Container container, ProcessSpec.UserIds user, List<String> more)
            throws InvalidSpec {
        var spec = container.spec();
        var argv = ImageDefaults.argv(spec);
        if (spec.init()) {
            argv = new ArrayList<>(argv);
            argv.addAll(0, List.of(INIT, "--"));
        }
        return new ProcessSpec(
                argv,
                environment(container, user, spec.terminal(), more),
                spec.workingDir(),
                user,
                spec.terminal(),
                capabilities(spec.isolation(), spec.isolation().privileged()),
                spec.isolation().noNewPrivileges(),
                spec.rlimits(),
                spec.oomScoreAdj());
    }

    /** A further process in a container. */
    ProcessSpec exec(Container container, Engine.ExecSpec exec, ProcessSpec.UserIds user)
            throws InvalidSpec {
        var spec = container.spec();
        return new ProcessSpec(
                exec.args(),
                environment(container, user, exec.terminal(), exec.env()),
                exec.workingDir().isEmpty() ? spec.workingDir() : exec.workingDir(),
                user,
                exec.terminal(),
                capabilities(spec.isolation(), exec.privileged() || spec.isolation().privileged()),
                spec.isolation().noNewPrivileges(),
                spec.rlimits(),
                spec.oomScoreAdj());
    }

    private java.util.Set<String> capabilities(Isolation isolation, boolean privileged)
            throws InvalidSpec {
        return Capabilities.of(
                isolation.capAdd(), isolation.capDrop(), privileged, host.capabilities());
    }

    /**
     * Docker's: PATH, HOSTNAME, TERM with a terminal, what image and request say, HOME if nobody
     * did.
     */
    private static List<String> environment(
            Container container, ProcessSpec.UserIds user, boolean terminal, List<String> more) {
        var base = new ArrayList<String>();
        base.add(ImageDefaults.PATH);
        base.add("HOSTNAME=" + container.spec().hostname());
        if (terminal) {
            base.add("TERM=xterm");
        }
        base.add("HOME=" + user.home());
        return ImageDefaults.env(ImageDefaults.env(base, container.spec().env()), more);
    }

    BundleSpec bundle(
            Container container,
            Bundle bundle,
            IdMaps ids,
            ProcessSpec process,
            List<HostDevices.Node> devices,
            String architecture)
            throws InvalidSpec {
        var spec = container.spec();
        var isolation = spec.isolation();
        boolean privileged = isolation.privileged();
        var joins = Joins.of(isolation);
        boolean hostNetwork = HostNamespaces.isHost(isolation.networkMode());
        boolean ownNetwork = joins.network().isEmpty() && !hostNetwork;
        return new BundleSpec(
                container.id(),
                bundle.rootfs(),
                spec.readOnlyRoot(),
                spec.hostname(),
                spec.domainname(),
                process,
                ids,
                namespaces(isolation, bundle),
                privileged,
                seccomp(isolation),
                architecture,
                spec.resources(),
                devices.stream().map(HostDevices.Node::rule).toList(),
                mounts(container, devices, bundle),
                sysctls(isolation, ownNetwork, ids),
                paths(isolation.maskedPaths(), RuntimeConfig.DEFAULT_MASKED_PATHS, privileged),
                paths(isolation.readonlyPaths(), RuntimeConfig.DEFAULT_READONLY_PATHS, privileged),
                spec.annotations(),
                cgroup(container),
                host.unifiedCgroups());
    }

    /** In the host's of those that are left out. */
    private static List<Namespace> namespaces(Isolation isolation, Bundle bundle) {
        var joins = Joins.of(isolation);
        var all = new ArrayList<Namespace>();
        boolean hosts = UserNamespaceMode.isHost(isolation.usernsMode());
        if (!hosts) all.add(new Namespace(Namespace.USER, bundle.userNamespace().toString()));
        // what joins another's user namespace has its network namespace made inside that
        boolean made = joins.network().isEmpty() && (hosts || !joins.others().isEmpty());
        var network = made ? "" : bundle.networkNamespace().toString();
        var ipc = joins.ipc().isEmpty() ? "" : bundle.ipcNamespace().toString();
        var pid = joins.pid().isEmpty() ? "" : bundle.pidNamespace().toString();
        addUnlessHosts(all, isolation.networkMode(), new Namespace("network", network));
        addUnlessHosts(all, isolation.ipcMode(), new Namespace("ipc", ipc));
        addUnlessHosts(all, isolation.pidMode(), new Namespace("pid", pid));
        addUnlessHosts(all, isolation.utsMode(), Namespace.made(Namespace.UTS));
        all.add(Namespace.made("mount"));
        addUnlessHosts(all, isolation.cgroupnsMode(), Namespace.made("cgroup"));
        return all;
    }

    private static void addUnlessHosts(List<Namespace> all, String mode, Namespace namespace) {
        if (!HostNamespaces.isHost(mode)) all.add(namespace);
    }

    private static Map<String, String> sysctls(
            Isolation isolation, boolean ownNetwork, IdMaps ids) {
        var all = new HashMap<String, String>();
        if (ownNetwork) all.putAll(RuntimeConfig.defaultSysctls(ids.gids()));
        all.putAll(isolation.sysctls());
        return all;
    }

    /** From the root of the hierarchy. */
    static String cgroup(Container container) {
        return "/rootbound/" + container.tenant().uid() + "/" + container.id();
    }

    private static List<String> paths(
            @Nullable List<String> asked, List<String> usual, boolean privileged) {
        if (privileged) {
            return List.of();
        }
        return asked == null ? usual : asked;
    }

    private static @Nullable String seccomp(Isolation isolation) throws InvalidSpec {
        var profile = asked(isolation);
        if (profile == null || isolation.setIdsRefused().isEmpty()) return profile;
        return SetIdFilter.of(profile);
    }

    private static @Nullable String asked(Isolation isolation) {
        return switch (isolation.seccomp()) {
            case Isolation.Seccomp.Default _ ->
                    isolation.privileged() ? null : SeccompProfile.defaultProfile();
            case Isolation.Seccomp.Unconfined _ -> null;
            case Isolation.Seccomp.Profile profile -> profile.json();
        };
    }

    private List<BundleSpec.Mount> mounts(
            Container container, List<HostDevices.Node> devices, Bundle bundle) {
        var spec = container.spec();
        var mounts = new ArrayList<>(shm(spec, bundle));
        mounts.addAll(asked(container, devices, bundle));
        if (spec.init()) {
            mounts.add(mounted(INIT, bundle.init()));
        }
        for (var kernel : HostNamespaces.kernels(spec.isolation())) {
            mounts.add(mounted(kernel.target(), kernel.in(bundle)));
        }
        return mounts;
    }

    private static List<BundleSpec.Mount> shm(ContainerSpec spec, Bundle bundle) {
        var mode = spec.isolation().ipcMode();
        if (mode.equals("none") || HostNamespaces.sharesMemory(spec.isolation())) return List.of();
        if (sharesMemory(spec.isolation())) return List.of(mounted("/dev/shm", bundle.shm()));
        return List.of(
                new BundleSpec.Mount(
                        "/dev/shm",
                        "tmpfs",
                        "shm",
                        List.of(
                                "nosuid",
                                "noexec",
                                "nodev",
                                "mode=1777",
                                "size=" + spec.shmSize())));
    }

    /** Whether /dev/shm is mounted for several containers. */
    static boolean sharesMemory(Isolation isolation) {
        return isolation.ipcMode().equals("shareable")
                || isolation.ipcMode().startsWith(Joins.PREFIX);
    }

    /** One that lies in another after that: by their depth, as Docker. */
    private static List<BundleSpec.Mount> asked(
            Container container, List<HostDevices.Node> devices, Bundle bundle) {
        var spec = container.spec();
        var mounts = new ArrayList<BundleSpec.Mount>();
        for (var name : EtcSetup.mounted(container)) {
            mounts.add(mounted("/etc/" + name, bundle.etc(name)));
        }
        for (var tmpfs : spec.tmpfs()) {
            var options = new ArrayList<>(SAFE);
            if (!tmpfs.options().isEmpty()) {
                options.addAll(List.of(tmpfs.options().split(",")));
            }
            var target = TargetRule.plain(tmpfs.target());
            mounts.add(new BundleSpec.Mount(target, "tmpfs", "tmpfs", options));
        }
        for (int i = 0; i < spec.volumes().size(); i++) {
            mounts.add(mounted(spec.volumes().get(i).target(), bundle.mount(i)));
        }
        for (int i = 0; i < spec.binds().size(); i++) {
            var source = bundle.mount(spec.volumes().size() + i);
            mounts.add(mounted(spec.binds().get(i).target(), source));
        }
        for (int i = 0; i < devices.size(); i++) {
            var source = bundle.mount(firstDevice(spec) + i);
            mounts.add(mounted(devices.get(i).target(), source));
        }
        mounts.sort(Comparator.comparingInt(mount -> mount.target().split("/").length));
        return mounts;
    }

    /** The number of its mount: after the volumes and the binds. */
    static int firstDevice(ContainerSpec spec) {
        return spec.volumes().size() + spec.binds().size();
    }

    /**
     * As it is there: with other flags the runtime would mount it once more, and might lose some.
     */
    static BundleSpec.Mount mounted(String target, Path source) {
        var plain = TargetRule.plain(target);
        return new BundleSpec.Mount(plain, "bind", source.toString(), List.of("rbind"));
    }

    /** The host's program that {@code --init} is. */
    Path initProgram() {
        if (init != null) return init;
        throw new EngineException.Failed(
                "--init needs a static init program on the host: install the package catatonit or tini");
    }
}
