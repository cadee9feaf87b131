package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.Isolated;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A root file system with a container's own mounts in it, before there is a process: a runtime
 * needs a process of its own for the sources of its bind mounts once there is a user namespace, and
 * that takes longer than all of this. A target is found, and made if it is missing, as the
 * container's root and without a capability, by a descriptor that cannot leave the root, and the
 * mount is attached to that descriptor: whoever swaps it meanwhile leads nothing out
 * (CVE-2026-42306).
 *
 * <p>What is not that simple is left to the runtime, which then has the last word on it: a target
 * in what the runtime mounts itself, and all after one that could not be found or made.
 */
public final class RootView implements AutoCloseable {
    private static final int MODE = 0755;

    private final Path root;
    private final Path view;
    private final Credentials user;
    private final List<String> filled = new ArrayList<>();
    private @Nullable Dir top;
    private boolean left;

    RootView(Path root, Path view, IdMaps ids) {
        this.root = root;
        this.view = view;
        this.user = new Credentials(ids.rootUid(), ids.rootGid(), List.of());
        for (var name : InsideFile.FILLED) filled.add("/" + name);
    }

    /** What the container's root is: this view, if anything was attached in it. */
    public Path path() {
        return top == null ? root : view;
    }

    /**
     * Moves a mount to where the container has it.
     *
     * @param target an absolute path inside, without {@code ..}
     * @return false: it is where it was, and left to the runtime
     */
    public boolean attach(Path mount, String target) throws IOException {
        if (left) return false;
        open();
        try (var place = place(target, Files.isDirectory(mount)).orElse(null)) {
            if (place == null) return false;
            Mounts.move(mount, place);
            Failpoint.reach("start.attached");
            return true;
        } catch (ErrnoException e) { // the runtime tries what is left to try, and says what fails
            left = true;
            return false;
        }
    }

    /** The runtime mounts something itself, which then hides what is there. */
    public void leave(String target) throws IOException {
        if (left) return;
        open();
        try (var place = place(target, true).orElse(null)) {
            if (place != null) filled.add(inside(place));
        } catch (ErrnoException e) {
            left = true;
        }
    }

    private void open() throws IOException {
        if (top != null) return;
        Files.createDirectory(view);
        try (var from = Fd.open(root, At.O_PATH);
                var to = Fd.open(view, At.O_PATH)) {
            Mounts.attach(from, to, Mounts.Changes.of(0));
        }
        top = Dir.open(view);
    }

    /** Empty if it is in what the runtime mounts. */
    Optional<Fd> place(String target, boolean directory) throws IOException {
        var dir = requireNonNull(top);
        return Isolated.as(user, () -> walk(dir, target, directory));
    }

    private Optional<Fd> walk(Dir dir, String target, boolean directory) throws IOException {
        var names = Destination.of(target.getBytes(UTF_8)).names();
        var whole = found(dir, names);
        if (whole.isPresent()) return unlessFilled(whole.get());
        var at = dir.inRoot(Bytes.of("."), At.O_PATH, 0);
        for (int depth = 1; depth <= names.size(); depth++) {
            try (var parent = new Dir(at)) {
                if (isFilled(at)) return Optional.empty();
                var path = names.subList(0, depth);
                var there = found(dir, path);
                boolean within = depth < names.size();
                at = there.isPresent() ? there.get() : made(parent, path, directory || within);
            }
        }
        return unlessFilled(at);
    }

    /** Through any link, as the container would follow it. */
    private static Optional<Fd> found(Dir dir, List<String> path) throws ErrnoException {
        try {
            return Optional.of(dir.inRoot(Bytes.of(String.join("/", path)), At.O_PATH, 0));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) return Optional.empty();
            throw e;
        }
    }

    private static Fd made(Dir parent, List<String> path, boolean directory) throws ErrnoException {
        var name = Bytes.of(path.getLast());
        if (directory) {
            parent.mkdir(name, MODE);
        } else {
            parent.openName(name, At.O_WRONLY | At.O_CREAT | At.O_EXCL, MODE).close();
        }
        parent.chmod(name, MODE); // whatever the engine's umask
        return parent.openName(name, At.O_PATH, 0);
    }

    private Optional<Fd> unlessFilled(Fd place) throws IOException {
        if (inside(place).isEmpty()) {
            place.close();
            throw new LayerException(
                    "a mount's target leads to the root of the container, by a link of the image's:"
                            + " nothing can be mounted over all of it");
        }
        if (!isFilled(place)) return Optional.of(place);
        place.close();
        return Optional.empty();
    }

    private boolean isFilled(Fd place) throws IOException {
        var path = inside(place);
        return filled.stream().anyMatch(each -> MountLine.isBelow(path, each));
    }

    /** Where it is in the root, a char a byte. */
    private String inside(Fd place) throws IOException {
        var prefix = Bytes.text(view.toString().getBytes(UTF_8));
        var real = HostPath.real(place);
        if (!MountLine.isBelow(
                real, prefix)) { // it was removed or moved out of its mount meanwhile
            throw new ErrnoException("readlink", Bytes.show(real), Errno.ENOENT);
        }
        return real.substring(prefix.length());
    }

    @Override
    public void close() {
        if (top != null) top.close();
    }
}
