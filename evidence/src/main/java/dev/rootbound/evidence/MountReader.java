package dev.rootbound.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.evidence.HostMount.Kind;
import dev.rootbound.evidence.HostMount.Owner;
import dev.rootbound.evidence.HostMount.Place;
import dev.rootbound.linux.AsUser;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.ProcFile;
import dev.rootbound.linux.Shown;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells the host's file systems from a container's own, and tries what it may do with them. */
final class MountReader {
    /**
     * What a user namespace can make for itself (FS_USERNS_MOUNT), and so need not be the host's.
     */
    private static final Set<String> MADE =
            Set.of(
                    "overlay",
                    "tmpfs",
                    "ramfs",
                    "proc",
                    "sysfs",
                    "devpts",
                    "mqueue",
                    "cgroup",
                    "cgroup2",
                    "fuse",
                    "bpf",
                    "binfmt_misc");

    private final Claim claim;
    private final List<MountLine> ours;
    private final Set<String> hostDevices;

    /** With the mounts that we see. */
    static MountReader of(Claim claim) throws IOException {
        long own = ProcessHandle.current().pid();
        return new MountReader(
                claim, MountLine.parseAll(ProcFile.read(own, "mountinfo").orElseThrow()));
    }

    /** What is mounted in the container's bundle was mounted for it. */
    MountReader(Claim claim, List<MountLine> ours) {
        this.claim = claim;
        this.ours = List.copyOf(ours);
        this.hostDevices =
                ours.stream()
                        .filter(line -> !line.isBelow(claim.bundle().toString()))
                        .map(MountLine::device)
                        .collect(Collectors.toSet());
    }

    Set<Long> ids() {
        return ours.stream().map(MountLine::id).collect(Collectors.toSet());
    }

    /** Whether it is of a file system that the host has too, or could not be the container's. */
    boolean isShared(MountLine line) {
        if (isOfLease(line)) {
            return false;
        }
        return hostDevices.contains(line.device())
                || !line.device().startsWith("0:")
                || !MADE.contains(line.type());
    }

    /** A tmpfs whose root is container root's: of this container, or of one that it has joined. */
    private boolean isOfLease(MountLine line) {
        return line.type().equals("tmpfs")
                && List.of(line.superOptions().split(",")).contains("uid=" + claim.ids().rootUid());
    }

    /** Whether it is of a file system that host root mounted for the container, in its bundle. */
    boolean isMadeForIt(MountLine line) {
        return ours.stream()
                .filter(own -> own.isBelow(claim.bundle().toString()))
                .anyMatch(own -> own.device().equals(line.device()));
    }

    /** Looks at a mount of a process, and tries it, as container root. */
    HostMount read(long pid, MountLine line) throws IOException {
        try (var root = Dir.open(Path.of("/proc/" + pid + "/root"));
                var file = root.inRoot(Shown.unescaped(line.point()), At.O_PATH, 0)) {
            if (mountOf(file) != line.id()) {
                return unreached(line);
            }
            var stat = file.stat();
            var seen = new Owner(stat.uid(), stat.gid());
            boolean device = stat.isBlockDevice();
            boolean node = device || stat.isCharacterDevice();
            return new HostMount(
                    line,
                    node
                            ? new Kind.Device(device, stat.deviceMajor(), stat.deviceMinor())
                            : new Kind.File(),
                    mayWrite(file, seen),
                    Optional.of(seen),
                    place(line, stat));
        } catch (ErrnoException e) {
            return unreached(line); // the process has ended, or moved what it was mounted on
        }
    }

    private static HostMount unreached(MountLine line) {
        return new HostMount(line, null, false, Optional.empty(), Optional.empty());
    }

    static long mountOf(Fd file) throws IOException {
        var info = ProcFile.read(ProcessHandle.current().pid(), "fdinfo/" + file.number());
        return Descriptor.parse("", "", info.orElse("")).mount();
    }

    /** Container root has its capabilities over what is its lease's: there it is as the owner. */
    private boolean mayWrite(Fd file, Owner seen) throws IOException {
        var ids = claim.ids();
        boolean own = ids.contains(seen.uid()) && ids.contains(seen.gid());
        long uid = own ? seen.uid() : ids.rootUid();
        long gid = own ? seen.gid() : ids.rootGid();
        return new AsUser(new Credentials(uid, gid, List.of())).mayWrite(file);
    }

    /**
     * The same file by a mount that we see: the one that shows least around it, and is not over.
     */
    private Optional<Place> place(MountLine line, Stat inside) throws IOException {
        var around =
                ours.stream()
                        .filter(own -> !own.isBelow(claim.bundle().toString()))
                        .filter(own -> own.device().equals(line.device()) && !own.isIdMapped())
                        .filter(own -> MountLine.isBelow(line.root(), own.root()))
                        .sorted(Comparator.comparingInt((MountLine own) -> -own.root().length()))
                        .toList();
        for (var own : around) {
            var rest =
                    own.root().equals("/")
                            ? line.root()
                            : line.root().substring(own.root().length());
            var path = Shown.unescaped(own.point().equals("/") ? rest : own.point() + rest);
            var found = at(path, inside);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Place> at(byte[] path, Stat inside) throws IOException {
        var relative =
                path.length > 1 ? Arrays.copyOfRange(path, 1, path.length) : new byte[] {'.'};
        try (var root = Dir.open(Path.of("/"));
                var file = root.inRoot(relative, At.O_PATH, 0)) {
            var stat = file.stat();
            return stat.inode() == inside.inode()
                    ? Optional.of(
                            new Place(
                                    Shown.of(new String(path, ISO_8859_1)),
                                    new Owner(stat.uid(), stat.gid())))
                    : Optional.empty();
        } catch (ErrnoException e) {
            return Optional.empty(); // over that mount is another one
        }
    }
}
