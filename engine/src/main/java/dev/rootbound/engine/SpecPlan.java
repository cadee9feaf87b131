package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.runtime.Bundle;
import dev.rootbound.runtime.BundleSpec;
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

    /** The first process. */
    ProcessSpec process(Container container, ProcessSpec.UserIds user) throws InvalidSpec {
        var spec = container.spec();
        var argv = ImageDefaults.argv(spec);
        if (spec.init()) {
            argv = new ArrayList<>(argv);
            argv.addAll(0, List.of(INIT, "--"));
        }
        return new ProcessSpec(
                argv,
                environment(container, user, spec.terminal(), List.of()),
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
            String architecture)
            throws InvalidSpec {
        var spec = container.spec();
        var isolation = spec.isolation();
        boolean privileged = isolation.privileged();
        var joins = Joins.of(isolation);
        boolean hostNetwork = isolation.networkMode().equals(Network.HOST);
        boolean ownNetwork = joins.network().isEmpty() && !hostNetwork;
        boolean hosts = UserNamespaceMode.isHost(isolation.usernsMode());
        // what joins another's user namespace has its network namespace made inside that
        boolean made = ownNetwork && (hosts || !joins.others().isEmpty());
        return new BundleSpec(
                container.id(),
                bundle.rootfs(),
                spec.readOnlyRoot(),
                spec.hostname(),
                spec.domainname(),
                process,
                ids,
                hosts ? "" : bundle.userNamespace().toString(),
                hostNetwork ? BundleSpec.HOSTS : made ? "" : bundle.networkNamespace().toString(),
                joins.ipc().isEmpty() ? "" : bundle.ipcNamespace().toString(),
                joins.pid().isEmpty() ? "" : bundle.pidNamespace().toString(),
                privileged,
                seccomp(isolation),
                architecture,
                spec.resources(),
                mounts(container, bundle),
                sysctls(isolation, ownNetwork, ids),
                paths(isolation.maskedPaths(), RuntimeConfig.DEFAULT_MASKED_PATHS, privileged),
                paths(isolation.readonlyPaths(), RuntimeConfig.DEFAULT_READONLY_PATHS, privileged),
                spec.annotations(),
                cgroup(container),
                host.unifiedCgroups());
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

    private List<BundleSpec.Mount> mounts(Container container, Bundle bundle) {
        var spec = container.spec();
        var mounts = new ArrayList<>(shm(spec, bundle));
        mounts.addAll(asked(container, bundle));
        if (spec.init()) {
            mounts.add(mounted(INIT, bundle.init()));
        }
        if (hasHostsSys(spec.isolation())) mounts.add(mounted("/sys", bundle.sys()));
        return mounts;
    }

    private static List<BundleSpec.Mount> shm(ContainerSpec spec, Bundle bundle) {
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

    /** Who does not own its network namespace mounts no sysfs(5) of it: EPERM. */
    static boolean hasHostsSys(Isolation isolation) {
        boolean hosts = isolation.networkMode().equals(Network.HOST);
        return hosts && !UserNamespaceMode.isHost(isolation.usernsMode());
    }

    /** Whether /dev/shm is mounted for several containers. */
    static boolean sharesMemory(Isolation isolation) {
        return isolation.ipcMode().equals("shareable")
                || isolation.ipcMode().startsWith(Joins.PREFIX);
    }

    /** One that lies in another after that: by their depth, as Docker. */
    private static List<BundleSpec.Mount> asked(Container container, Bundle bundle) {
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
        mounts.sort(Comparator.comparingInt(mount -> mount.target().split("/").length));
        return mounts;
    }

    /**
     * As it is there: with other flags the runtime would mount it once more, and might lose some.
     */
    private static BundleSpec.Mount mounted(String target, Path source) {
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
