package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.Mounts;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
@Timeout(60)
class RootViewTest {
    private static final IdRange IDS = new IdRange(1_879_048_192L, 65536);
    private static final IdMaps MAPS = IdMaps.of(IDS);
    private static final Digest LAYER = new Digest("1".repeat(64));

    @TempDir Path temp;
    private VolumeTrees volumes;
    private Path target;
    private Path shown;
    private Path canary;
    private Snapshots.Root root;
    private RootView view;
    private int mounts;

    @BeforeEach
    void open() throws IOException {
        var store = Files.createDirectory(temp.resolve("store"));
        var staging = Files.createDirectory(temp.resolve("staging"));
        target = Files.createDirectory(temp.resolve("root"));
        shown = temp.resolve("root-view");
        canary = Files.createDirectory(temp.resolve("canary"));
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (var layers = new Layers(store.resolve("l"), temp.resolve("r"), () -> Long.MAX_VALUE)) {
            var snapshots = new OverlaySnapshots(store, staging, d -> "l/" + layers.directory(d));
            volumes = new VolumeTrees(store);
            snapshots.create("box");
            layers.unpack(LAYER, new ByteArrayInputStream(files().end()));
            root = snapshots.mount("box", List.of(LAYER), MAPS, target);
        }
        view = root.view(MAPS);
    }

    private TestTar files() {
        return new TestTar()
                .mode(0755)
                .dir("dev/")
                .dir("here/")
                .file("file", "image's")
                .symlink("link", "here")
                .symlink("all", "/")
                .symlink("hole", "/nowhere")
                .symlink("out", "../../../../../../.." + canary);
    }

    @AfterEach
    void nothingStaysMounted() throws IOException {
        view.close();
        root.close();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
    }

    /** A volume with one file in it, which has its id as its content. */
    private Path volume(String id) throws IOException {
        volumes.create(id);
        Files.writeString(volumes.path(id).resolve("f"), id);
        var at = temp.resolve("mount-" + mounts++);
        volumes.mount(MAPS, new VolumeTrees.View(id, "", at, false));
        return at;
    }

    private Path mountOf(Path source) throws IOException {
        var at = Files.createFile(temp.resolve("mount-" + mounts++));
        Mounts.bind(source, at);
        return at;
    }

    private String in(String file) throws IOException {
        return Files.readString(shown.resolve(file));
    }

    private long owner(String file) throws IOException {
        var path = shown.resolve(file);
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) & 0xFFFF_FFFFL;
    }

    @Test
    void nothingIsMountedOverTheRootItself() throws IOException {
        var mount = volume("v");
        for (var target : List.of("/all", "/all/here/..", "/link/..")) {
            assertThatThrownBy(() -> view.attach(mount, target))
                    .as(target)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("the root of the container");
        }
        assertThat(Files.exists(shown.resolve("here"))).isTrue();
        Mounts.detach(mount);
    }

    @Test
    void whatIsAttachedIsInTheViewAlone() throws IOException {
        assertThat(view.path()).isEqualTo(target);
        assertThat(view.attach(volume("v"), "/here")).isTrue();
        assertThat(view.path()).isEqualTo(shown);
        assertThat(in("here/f")).isEqualTo("v");
        assertThat(target.resolve("here")).isEmptyDirectory();
        assertThat(root.read("file", 100)).asString(UTF_8).isEqualTo("image's");
        var file = Files.writeString(temp.resolve("other"), "another");
        assertThat(view.attach(mountOf(file), "/file")).isTrue();
        assertThat(in("file")).isEqualTo("another");
        assertThat(root.read("file", 100)).asString(UTF_8).isEqualTo("image's");
    }

    @Test
    void whatIsMissingIsTheContainersRoots() throws IOException {
        assertThat(view.attach(volume("v"), "/a/b")).isTrue();
        var file = Files.writeString(temp.resolve("other"), "another");
        assertThat(view.attach(mountOf(file), "/a/b/c/file")).isTrue();
        assertThat(in("a/b/c/file")).isEqualTo("another");
        assertThat(owner("a")).isEqualTo(IDS.first());
        assertThat(owner("a/b/c")).isEqualTo(IDS.first());
        var inVolume = volumes.path("v").resolve("c/file");
        assertThat(Files.getAttribute(inVolume, "unix:uid"))
                .isEqualTo((int) IdRange.FOREIGN.first());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shown.resolve("a"))))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void linksLeadNowhereElseThanInTheContainer() throws IOException {
        assertThat(view.attach(volume("v"), "/link")).isTrue();
        assertThat(in("here/f")).isEqualTo("v");
        var other = volume("w");
        assertThat(view.attach(other, "/out/x")).isFalse();
        assertThat(canary).isEmptyDirectory();
        assertThat(other.resolve("f")).hasContent("w");
        Mounts.detach(other);
    }

    @Test
    void whatTheRuntimeMountsIsLeftToItAndSoIsWhatLiesInThat() throws IOException {
        var other = volume("w");
        for (var place : List.of("/dev/shm", "/dev", "/proc/x")) {
            assertThat(view.attach(other, place)).as(place).isFalse();
        }
        view.leave("/run");
        view.leave("/link");
        for (var place : List.of("/run/x", "/here/x", "/link/x")) {
            assertThat(view.attach(other, place)).as(place).isFalse();
        }
        assertThat(target.resolve("dev")).isEmptyDirectory();
        assertThat(target.resolve("here")).isEmptyDirectory();
        assertThat(view.attach(other, "/here2")).isTrue();
    }

    @Test
    void afterOneThatCannotBeAttachedAllAreTheRuntimes() throws IOException {
        var other = volume("w");
        assertThat(view.attach(other, "/file")).as("a directory on a file").isFalse();
        assertThat(view.attach(other, "/here")).isFalse();
        Mounts.detach(other);
    }

    @Test
    void aLinkThatLeadsNowhereIsTheRuntimesToFollow() throws IOException {
        var other = volume("w");
        assertThat(view.attach(other, "/hole")).isFalse();
        assertThat(target.resolve("nowhere")).doesNotExist();
        Mounts.detach(other);
    }

    @Test
    void aDirectoryThatIsClosedToTheContainersRootStaysClosed() throws IOException {
        volumes.create("v");
        var closed = Files.createDirectory(volumes.path("v").resolve("hosts"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        var at = temp.resolve("mount");
        volumes.mount(MAPS, new VolumeTrees.View("v", "", at, false));
        assertThat(view.attach(at, "/here")).isTrue();
        var other = volume("w");
        assertThat(view.attach(other, "/here/hosts/x")).isFalse();
        assertThat(closed).isEmptyDirectory();
        Mounts.detach(other);
    }

    /**
     * Another container that shares the volume swaps a target's way for a link (CVE-2026-42306).
     */
    @Test
    void whoSwapsATargetForALinkMeanwhileLeadsNothingOut() throws Exception {
        assertThat(view.attach(volume("v"), "/here")).isTrue();
        var shared = volumes.path("v");
        var in = Files.createDirectory(shared.resolve("in"));
        for (var id : List.of("unix:uid", "unix:gid")) {
            Files.setAttribute(in, id, (int) IdRange.FOREIGN.first());
        }
        swap(shared, "in");
        var out = "../../../../../../../.." + canary;
        var swaps = new AtomicInteger();
        var swapping =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!Thread.currentThread().isInterrupted()) {
                                swap(shared, out);
                                swap(shared, "in");
                                swaps.incrementAndGet();
                            }
                        });
        int made = 0;
        try {
            for (int round = 0; round < 10_000; round++) {
                if (found("/here/way/" + round % 100)) made++;
            }
        } finally {
            swapping.interrupt();
            swapping.join();
        }
        assertThat(canary).isEmptyDirectory();
        assertThat(made).as("rounds in which the way was there").isBetween(100, 9_999);
        assertThat(swaps.get()).as("swaps").isGreaterThan(100);
    }

    private boolean found(String place) throws IOException {
        try (var found = view.place(place, true).orElseThrow()) {
            assertThat(HostPath.real(found)).startsWith(shown.toString());
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /** There is a link at any time: what is missing would be made. */
    private static void swap(Path directory, String to) {
        try {
            var link = Files.createSymbolicLink(directory.resolve("new"), Path.of(to));
            Files.move(link, directory.resolve("way"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
