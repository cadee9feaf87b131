package dev.rootbound.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.evidence.HostMount.Owner;
import dev.rootbound.evidence.HostMount.Place;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Shown;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The set-user-ID and set-group-ID files below a directory of the host's that a container has.
 *
 * @param path on the host
 * @param files how many were looked at, of whatever kind
 * @param whole whether that is all of them
 */
record SetIdFiles(String path, long files, boolean whole, List<File> found) {
    private static final int SET_USER_ID = 04000;
    private static final int SET_GROUP_ID = 02000;

    /** Without it, the bit of a file meant locking, inode(7). */
    private static final int GROUP_EXECUTES = 0010;

    SetIdFiles {
        found = List.copyOf(found);
    }

    /**
     * One of them.
     *
     * @param path on the host
     * @param seen as the container sees it: an id of its own is one that it can make such files of
     * @param disk whose it is on the host
     */
    record File(String path, int mode, Owner seen, Owner disk) {
        boolean setsUser() {
            return (mode & SET_USER_ID) != 0;
        }

        boolean setsGroup() {
            return (mode & SET_GROUP_ID) != 0 && (mode & GROUP_EXECUTES) != 0;
        }
    }

    /**
     * Looks at a mount as a process of the container sees it; follows no link and crosses no mount.
     *
     * @param limit how many files to look at, at most
     */
    static SetIdFiles walk(long pid, MountLine line, Place place, long limit) throws IOException {
        try (var root = Dir.open(Path.of("/proc/" + pid + "/root"));
                var inside = root.dirInRoot(Shown.unescaped(line.point()));
                var outside = Dir.open(Path.of(place.path()))) {
            var look = new Look(line.id(), outside, place.path());
            var walk = new FileWalk(limit, look);
            walk.below(inside);
            return new SetIdFiles(place.path(), walk.files(), walk.whole(), look.found);
        } catch (ErrnoException e) {
            // no directory, or it is not there any more; what cannot be looked at is said to be so
            boolean file = e.errno() == Errno.ENOTDIR;
            return new SetIdFiles(place.path(), 0, file, List.of());
        }
    }

    private static final class Look implements FileWalk.Visitor {
        private final long mount;
        private final Dir outside;
        private final String path;
        private final List<File> found = new ArrayList<>();

        Look(long mount, Dir outside, String path) {
            this.mount = mount;
            this.outside = outside;
            this.path = path;
        }

        @Override
        public boolean enters(Dir dir) throws IOException {
            return MountReader.mountOf(dir.fd()) == mount;
        }

        @Override
        public void file(byte[] way, Stat stat) throws IOException {
            if (stat.isRegular() && (stat.mode() & (SET_USER_ID | SET_GROUP_ID)) != 0) {
                look(stat, way);
            }
        }

        private void look(Stat inside, byte[] way) throws IOException {
            try (var file = outside.inRoot(way, At.O_PATH | At.O_NOFOLLOW, 0)) {
                var disk = file.stat();
                if (disk.inode() != inside.inode()) {
                    return; // replaced meanwhile
                }
                var each =
                        new File(
                                path + "/" + Shown.of(new String(way, ISO_8859_1)),
                                disk.mode(),
                                new Owner(inside.uid(), inside.gid()),
                                new Owner(disk.uid(), disk.gid()));
                if (each.setsUser() || each.setsGroup()) {
                    found.add(each);
                }
            }
        }
    }
}
