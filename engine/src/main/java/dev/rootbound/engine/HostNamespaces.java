package dev.rootbound.engine;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Mounts;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a container has, and may not ask for, because it is in namespaces of the host
 * (namespaces(7)); its user namespace is its own all the same, unless that is the host's, too.
 */
final class HostNamespaces {
    static final String HOST = "host";

    /** POSIX shared memory, shm_overview(7). */
    private static final String SHM = "/dev/shm";

    private HostNamespaces() {}

    /**
     * A file system that shows a namespace: who does not own that can mount none of it (EPERM), and
     * has the engine's.
     */
    enum Kernel {
        /** Read-only: writing there is for the host. */
        SYS("/sys", Mounts.RDONLY),
        PROC("/proc", 0),
        MQUEUE("/dev/mqueue", 0);

        private final String target;
        private final long flags;

        Kernel(String target, long flags) {
            this.target = target;
            this.flags = flags | Mounts.NOSUID | Mounts.NODEV | Mounts.NOEXEC;
        }

        String target() {
            return target;
        }

        Path in(Bundle bundle) {
            return bundle.kernel(target.substring(target.lastIndexOf('/') + 1));
        }

        /** Without what is mounted in it: the host's cgroups are not for the container. */
        private void mount(Bundle bundle) throws IOException {
            var at = in(bundle);
            Files.createDirectory(at);
            if (this == MQUEUE) { // which hosts need not have mounted
                Mounts.mount("mqueue", at.toString(), "mqueue", flags, "");
                return;
            }
            try (var from = Fd.open(Path.of(target), At.O_PATH);
                    var to = Fd.open(at, At.O_PATH)) {
                Mounts.attach(from, to, Mounts.Changes.of(flags));
            }
        }
    }

    /** What the host is called. */
    interface Naming {
        String name() throws IOException;
    }

    static boolean isHost(String mode) {
        return mode.equals(HOST);
    }

    /** Those that a container has from the engine. */
    static List<Kernel> kernels(Isolation isolation) {
        var kernels = new ArrayList<Kernel>();
        if (UserNamespaceMode.isHost(isolation.usernsMode())) return kernels;
        if (isHost(isolation.networkMode())) kernels.add(Kernel.SYS);
        if (isHost(isolation.pidMode())) kernels.add(Kernel.PROC);
        if (isHost(isolation.ipcMode())) kernels.add(Kernel.MQUEUE);
        return kernels;
    }

    static void mount(Isolation isolation, Bundle bundle) throws IOException {
        for (var kernel : kernels(isolation)) kernel.mount(bundle);
    }

    /**
     * With the host's name and, for who has the host's ids, too, its shared memory. Others have
     * their own: a stranger can write nothing in the host's.
     *
     * @param host its name, which is looked for only if it is needed
     */
    static ContainerSpec complete(ContainerSpec asked, Naming host) throws IOException {
        var isolation = asked.isolation();
        boolean uts = isHost(isolation.utsMode());
        if (uts && !(asked.hostname().isEmpty() && asked.domainname().isEmpty())) {
            throw new EngineException.Invalid("conflicting options: hostname and the UTS mode");
        }
        boolean network = isHost(isolation.networkMode());
        boolean named = uts || (network && asked.hostname().isEmpty());
        boolean shares = sharesMemory(isolation) && !TargetRule.targets(asked).contains(SHM);
        if (!named && !shares) return asked;
        var name = named ? host.name() : asked.hostname();
        return asked.with(spec -> {
            spec.hostname = name;
            if (shares) {
                var binds = new ArrayList<>(asked.binds());
                binds.add(BindMount.of(SHM, SHM, HostMounts.Access.ALL));
                spec.binds = binds;
            }
        });
    }

    static boolean sharesMemory(Isolation isolation) {
        return isHost(isolation.ipcMode()) && UserNamespaceMode.isHost(isolation.usernsMode());
    }

    /** Sentences for who expects more of Docker. */
    static List<String> warnings(Isolation isolation) {
        if (!isHost(isolation.ipcMode()) || sharesMemory(isolation)) return List.of();
        return List.of(
                "--ipc host: System V objects and message queues are the host's, /dev/shm is the"
                        + " container's own: its ids are nobody's in the host's; bind a directory"
                        + " of yours to share files");
    }

    /**
     * Refuses sysctls that would be the host's.
     *
     * @throws EngineException.Invalid naming the first
     */
    static void check(Isolation isolation) {
        for (var name : isolation.sysctls().keySet()) {
            boolean network = name.startsWith("net.");
            var mode = network ? isolation.networkMode() : isolation.ipcMode();
            if (!isHost(mode)) continue;
            throw new EngineException.Invalid(
                    "sysctl "
                            + TextRule.shown(name)
                            + " is the host's in a container that has the host's "
                            + (network ? "network" : "IPC namespace"));
        }
    }
}
