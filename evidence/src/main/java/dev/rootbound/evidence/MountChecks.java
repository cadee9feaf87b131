package dev.rootbound.evidence;

import dev.rootbound.evidence.HostMount.Kind;
import dev.rootbound.evidence.HostMount.Owner;
import dev.rootbound.evidence.HostMount.Place;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Shown;
import java.util.Set;
import java.util.TreeSet;

/** What a container has of the host's file systems, and what that lets it do; pure. */
final class MountChecks {
    /**
     * null, zero, full, random, urandom, tty and ptmx
     * (linux/Documentation/admin-guide/devices.txt): they hold nothing of anybody's.
     */
    private static final Set<Kind> HARMLESS =
            Set.of(
                    new Kind.Device(false, 1, 3),
                    new Kind.Device(false, 1, 5),
                    new Kind.Device(false, 1, 7),
                    new Kind.Device(false, 1, 8),
                    new Kind.Device(false, 1, 9),
                    new Kind.Device(false, 5, 0),
                    new Kind.Device(false, 5, 2));

    private final Claim claim;
    private final TenantIds ofTenant;
    private final Ledger ledger;

    MountChecks(Claim claim, TenantIds ofTenant, Ledger ledger) {
        this.claim = claim;
        this.ofTenant = ofTenant;
        this.ledger = ledger;
    }

    private void add(Subject subject, boolean holds, MountLine line, String found) {
        ledger.add(
                subject,
                holds,
                holds ? Shown.of(line.point()) : "",
                holds ? found : found + ": " + line);
    }

    /** One of its own, made in its namespaces: the kernel opens no device node there. */
    void own(MountLine line) {
        add(Subject.MOUNTS, true, line, "a file system of its own");
    }

    /** One of its own that was made for it by host root, as its root is. */
    void madeForIt(MountLine line) {
        own(line);
        add(Subject.FLAGS, line.has("nodev"), line, line.has("nodev") ? "nodev" : "no nodev");
    }

    /** One of the host's. */
    void shared(HostMount mount) {
        var line = mount.line();
        if (mount.kind() instanceof Kind.Device device) {
            device(device, line);
            return;
        }
        flags(line);
        if (line.isReadOnly()) {
            add(Subject.MOUNTS, true, line, line.type() + " " + line.device() + ", read-only");
            return;
        }
        if (line.type().startsWith("cgroup")) {
            cgroup(mount);
            return;
        }
        boolean mapped = line.isIdMapped();
        var found = mapped ? "id-mapped" : "neither id-mapped nor read-only";
        add(
                Subject.MOUNTS,
                mapped,
                line,
                line.type() + " " + line.device() + ", " + found + tried(mount));
        writes(mount);
    }

    private void device(Kind.Device device, MountLine line) {
        boolean harmless = HARMLESS.contains(device);
        add(
                Subject.MOUNTS,
                harmless,
                line,
                (device.block() ? "block device " : "device ")
                        + device.major()
                        + ":"
                        + device.minor()
                        + (harmless ? ", which holds nothing" : ""));
    }

    private void flags(MountLine line) {
        boolean nosuid = line.has("nosuid");
        boolean nodev = line.has("nodev");
        add(
                Subject.FLAGS,
                nosuid && nodev,
                line,
                (nosuid ? "nosuid" : "no nosuid") + (nodev ? ", nodev" : ", no nodev"));
    }

    private void cgroup(HostMount mount) {
        var line = mount.line();
        boolean own = CgroupPath.isOf(line.root(), claim.id());
        boolean closed = mount.kind() != null && !mount.writable();
        add(
                Subject.MOUNTS,
                own || closed,
                line,
                (own ? "its own cgroup" : "a cgroup that is not its own") + tried(mount));
    }

    private static String not(boolean closed) {
        return closed ? "not " : "";
    }

    private static String tried(HostMount mount) {
        if (mount.kind() == null) {
            return "; another mount is over it";
        }
        return "; container root may " + not(!mount.writable()) + "write it";
    }

    /** The owner of its root tells the map: container root is who can make more such files. */
    private void writes(HostMount mount) {
        var line = mount.line();
        if (line.isDeleted() || mount.kind() == null) {
            add(Subject.WRITES, line.isIdMapped(), line, "cannot be reached");
            return;
        }
        if (mount.seen().isEmpty() || mount.disk().isEmpty()) {
            add(Subject.WRITES, false, line, "not found on the host, so nobody can tell whose");
            return;
        }
        var seen = mount.seen().get();
        var disk = mount.disk().get();
        var bad = new TreeSet<Long>();
        if (reaches(seen.uid()) && !mayBe(disk.owner().uid(), disk)) {
            bad.add(disk.owner().uid());
        }
        if (reaches(seen.gid()) && !mayBe(disk.owner().gid(), disk)) {
            bad.add(disk.owner().gid());
        }
        add(
                Subject.WRITES,
                bad.isEmpty(),
                line,
                disk.path()
                        + " of "
                        + text(disk.owner())
                        + " on the host, in it of "
                        + text(seen)
                        + (bad.isEmpty() ? "" : "; so it may write as " + bad));
    }

    private static String text(Owner owner) {
        return owner.uid() + ":" + owner.gid();
    }

    /** Whether the container is that owner. */
    private boolean reaches(long seen) {
        return claim.ids().contains(seen);
    }

    /**
     * Whom a container may be on disk: the foreign range in the store and nowhere else; its tenant,
     * or, where that is root, whichever user owns the place; and the tenant's subordinate ids.
     */
    private boolean mayBe(long id, Place place) {
        if (IdRange.FOREIGN.contains(id)) {
            return MountLine.isBelow(place.path(), claim.store().toString());
        }
        return ofTenant.has(id, id);
    }

    /** After the last mount. */
    void end() {
        if (!ledger.has(Subject.WRITES)) {
            ledger.add(Subject.WRITES, true, "", "nothing of the host's is there to be written");
        }
    }
}
