package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Isolated;
import dev.rootbound.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives copied into a root file system that runs and one that does not, and out again. */
@Tag("kernel")
@Timeout(60)
class RootWriterTest {
    private static final IdMaps IDS = IdMaps.of(new IdRange(1_879_048_192L, 65536));
    private static final long FOREIGN = IdRange.FOREIGN.first();
    private static final CopyRules PLAIN = new CopyRules(false, null, Set.of());
    private static final CopyRules KEEP_KINDS = new CopyRules(true, null, Set.of());
    private static final byte[] BIND = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    @TempDir Path temp;
    private Path store;
    private Path staging;
    private Path target;
    private Layers layers;
    private OverlaySnapshots snapshots;
    private final List<Digest> stack = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store = Files.createDirectory(temp.resolve("store"));
        staging = Files.createDirectory(temp.resolve("staging"));
        target = Files.createDirectory(temp.resolve("target"));
        layers = new Layers(store.resolve("l"), temp.resolve("records"), () -> Long.MAX_VALUE);
        snapshots = new OverlaySnapshots(store, staging, d -> "l/" + layers.directory(d));
        snapshots.create("box");
        layer(
                new TestTar()
                        .mode(0755)
                        .dir("d/")
                        .dir("d/old/")
                        .file("d/old/f", "below")
                        .file("d/f", "below")
                        .dir("run/")
                        .dir("var/")
                        .symlink("var/run", "/run")
                        .symlink("out", "../../../../.."));
    }

    @AfterEach
    void nothingStaysMounted() throws IOException {
        snapshots.mounted(target).close();
        layers.close();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .doesNotContain(temp.toString());
        assertThat(staging).isEmptyDirectory();
    }

    private void layer(TestTar tar) throws IOException {
        var digest = new Digest(String.format("%064x", stack.size() + 1));
        layers.unpack(digest, new ByteArrayInputStream(tar.end()));
        stack.add(digest);
    }

    private void copy(TestTar tar, String path, CopyRules rules) throws IOException {
        try (var writer = snapshots.writer("box", stack)) {
            copy(writer, tar.end(), path, rules);
        }
    }

    private void copyRunning(TestTar tar, String path, CopyRules rules) throws IOException {
        try (var root = snapshots.mount("box", stack, IDS, target);
                var writer = root.writer(IDS)) {
            copy(writer, tar.end(), path, rules);
        }
    }

    private static void copy(RootWriter writer, byte[] tar, String path, CopyRules rules)
            throws IOException {
        writer.checkDirectory(path.getBytes(UTF_8));
        writer.unpack(new ByteArrayInputStream(tar), path.getBytes(UTF_8), rules);
    }

    private Path upper(String path) {
        return store.resolve("c/box/u").resolve(path);
    }

    private static long owner(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) & 0xFFFF_FFFFL;
    }

    private String content(String path) throws IOException {
        return content(path.getBytes(UTF_8));
    }

    private String content(byte[] path) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var found = snapshots.tree("box", stack).find(path)) {
            found.archive(out, () -> {});
        }
        try (var tar = new TarReader(new ByteArrayInputStream(out.toByteArray()))) {
            var entry = tar.next();
            assertThat(entry).isNotNull();
            var content = new byte[100];
            int length = Math.max(0, tar.read(content, 0, content.length));
            return new String(content, 0, length, UTF_8);
        }
    }

    private List<String> names(String path) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var found = snapshots.tree("box", stack).find(path.getBytes(UTF_8))) {
            found.archive(out, () -> {});
        }
        var names = new ArrayList<String>();
        try (var tar = new TarReader(new ByteArrayInputStream(out.toByteArray()))) {
            for (var e = tar.next(); e != null; e = tar.next()) {
                names.add(new String(e.name(), UTF_8));
            }
        }
        return names;
    }

    private static TestTar privileged() {
        return new TestTar()
                .owner(33, 34)
                .mode(04755)
                .xattr("security.capability", BIND)
                .file("sid", "s")
                .hardLink("hard", "sid")
                .xattr("user.note", new byte[] {(byte) 0xff, 0})
                .file("noted", "")
                .add('6', "fifo", "", new byte[0])
                .symlink("link", "sid");
    }

    @Test
    void whetherItRunsOrNotTheDiskIsTheSame() throws IOException {
        copy(privileged(), "/d", PLAIN);
        copyRunning(privileged(), "/run", PLAIN);
        for (var at : List.of("d", "run")) {
            for (var file : List.of("sid", "hard", "noted", "fifo", "link")) {
                assertThat(owner(upper(at + "/" + file))).as(file).isEqualTo(FOREIGN + 33);
            }
            assertThat(Files.getAttribute(upper(at + "/sid"), "unix:mode")).isEqualTo(0104755);
            assertThat(Files.getAttribute(upper(at + "/hard"), "unix:nlink")).isEqualTo(2);
            assertThat(capability(at)).isEqualTo(FOREIGN);
        }
    }

    /** The root id of a version 3 capability, linux/capability.h. */
    private long capability(String at) throws IOException {
        try (var dir = Dir.open(upper(at))) {
            var value = dir.xattr("sid".getBytes(UTF_8), "security.capability").orElseThrow();
            return java.nio.ByteBuffer.wrap(value)
                            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .getInt(20)
                    & 0xFFFF_FFFFL;
        }
    }

    @Test
    void nobodyOnTheHostOwnsWhatNoEntryDescribes() throws IOException {
        copy(new TestTar().file("a/b/c", ""), "/d", PLAIN);
        copyRunning(new TestTar().file("a/b/c", ""), "/run", PLAIN);
        for (var path : List.of("d", "d/a", "d/a/b", "run/a", "run/a/b")) {
            assertThat(owner(upper(path))).as(path).isEqualTo(FOREIGN);
        }
    }

    @Test
    void anOwnerThatIsAskedForOwnsAll() throws IOException {
        var rules = new CopyRules(false, new CopyRules.Owner(7, 8), Set.of());
        copy(new TestTar().owner(70000, 70000).file("x", ""), "/d", rules);
        assertThat(owner(upper("d/x"))).isEqualTo(FOREIGN + 7);
    }

    @Test
    void whatCannotBeIsRefusedBeforeItReplacesAnything() throws IOException {
        for (var refused :
                List.of(
                        new TestTar().owner(65536, 0).file("f", "new"),
                        new TestTar().device('3', "f", 1, 3),
                        new TestTar().device('3', "f", 0, 0),
                        new TestTar().device('4', "f", 8, 0),
                        new TestTar()
                                .xattr("trusted.overlay.opaque", new byte[] {'y'})
                                .file("f", ""),
                        new TestTar().symlink("f", "../../etc"),
                        new TestTar().hardLink("f", "../out"),
                        new TestTar().hardLink("f", "absent"),
                        new TestTar().dir("f"))) {
            var tar = refused.end();
            try (var writer = snapshots.writer("box", stack)) {
                assertThatThrownBy(() -> copy(writer, tar, "/d", KEEP_KINDS))
                        .isInstanceOf(LayerException.class)
                        .hasMessageContaining("copy 'f");
            }
            assertThat(content("/d/f")).isEqualTo("below");
        }
    }

    @Test
    void namesThatLeadOutAreRefusedOrClamped() throws IOException {
        for (var name : List.of("../e", "x/../../e", "..")) {
            assertThatThrownBy(() -> copy(new TestTar().file(name, ""), "/d", PLAIN))
                    .as(name)
                    .hasMessageContaining("is outside of \"/d\"");
        }
        copy(new TestTar().file("/abs", "a"), "/d", PLAIN);
        copy(new TestTar().file("x/../in", "i"), "/d", PLAIN);
        copy(new TestTar().file("up", "u"), "/out/../out", PLAIN);
        assertThat(content("/d/abs") + content("/d/in") + content("/up")).isEqualTo("aiu");
    }

    @Test
    void linksAreFollowedInsideOnly() throws IOException {
        copy(new TestTar().symlink("etc", "/run").file("etc/planted", "p"), "/d", PLAIN);
        copyRunning(new TestTar().file("again", "a"), "/var/run", PLAIN);
        copy(new TestTar().file("root", "r"), "/out", PLAIN);
        assertThat(upper("run/planted")).hasContent("p");
        assertThat(upper("run/again")).hasContent("a");
        assertThat(upper("root")).hasContent("r");
        assertThat(content("/var/run/again")).isEqualTo("a");
        assertThat(Path.of("/planted")).doesNotExist();
    }

    @Test
    void whiteoutsAreNamesLikeAnyOther() throws IOException {
        copy(new TestTar().file(".wh.f", "w").file(".wh..wh..opq", "o"), "/d", PLAIN);
        assertThat(content("/d/.wh.f")).isEqualTo("w");
        assertThat(content("/d/f")).isEqualTo("below");
        assertThat(names("/d/old")).containsExactly("old/", "old/f");
    }

    @Test
    void namesAreBytes() throws IOException {
        copy(
                new TestTar().record("path", "a\u00ffb".getBytes(ISO_8859_1)).file("x", "raw"),
                "/d",
                PLAIN);
        assertThat(content("/d/a\u00ffb".getBytes(ISO_8859_1))).isEqualTo("raw");
    }

    @Test
    void aDirectoryOfALowerLayerCanBeReplaced() throws IOException {
        copy(new TestTar().file("old", "now a file"), "/d", PLAIN);
        assertThat(content("/d/old")).isEqualTo("now a file");
        copyRunning(new TestTar().dir("old").file("old/n", ""), "/d", PLAIN);
        assertThat(names("/d/old")).containsExactly("old/", "old/n");
    }

    @Test
    void kindsAreKeptWhenAsked() throws IOException {
        assertThatThrownBy(() -> copy(new TestTar().file("old", ""), "/d", KEEP_KINDS))
                .hasMessageContaining(
                        "cannot overwrite directory \"/d/old\" with non-directory \"/d\"");
        assertThatThrownBy(() -> copy(new TestTar().dir("f"), "/d", KEEP_KINDS))
                .hasMessageContaining(
                        "cannot overwrite non-directory \"/d/f\" with directory \"/d\"");
    }

    @Test
    void onlyADirectoryCanBeCopiedTo() {
        assertThatThrownBy(() -> copy(new TestTar(), "/none", PLAIN))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> copy(new TestTar(), "/d/f", PLAIN))
                .hasMessage("extraction point is not a directory");
    }

    @Test
    void anArchiveThatIsCutShortIsAnErrorAndLeavesNoMount() throws IOException {
        var whole = new TestTar().file("one", "1").file("two", "x".repeat(5000)).end();
        var part = java.util.Arrays.copyOf(whole, 2000);
        try (var writer = snapshots.writer("box", stack)) {
            assertThatThrownBy(() -> copy(writer, part, "/d", PLAIN))
                    .isInstanceOf(IOException.class);
        }
        assertThat(content("/d/one")).isEqualTo("1");
    }

    @Test
    void pathsAreFoundAsDockerFindsThem() throws IOException {
        assertThat(names("/d/old/")).containsExactly("old/", "old/f");
        assertThat(names("/d/old/.")).containsExactly("./", "./f");
        assertThat(names("/var/run")).containsExactly("run");
        assertThat(names("/var/run/")).containsExactly("run/");
        assertThat(names("/d/../d/f")).containsExactly("f");
        assertThat(names("/out/d/old/f")).containsExactly("f");
        assertThat(names("/")).startsWith("/", "/d/");
        assertThatThrownBy(() -> names("/d/f/")).hasMessageContaining("not a directory");
        assertThatThrownBy(() -> names("/none")).isInstanceOf(NoSuchFileException.class);
        try (var found = snapshots.tree("box", stack).find("var/run".getBytes(UTF_8))) {
            assertThat(found.linkTarget()).isEqualTo("/run");
            assertThat(found.name()).isEqualTo("run");
        }
    }

    @Test
    void linksThatGoRoundOrNowhereAreToldApart() throws IOException {
        layer(new TestTar().symlink("loop", "loop").symlink("broken", "../no/../where/x"));
        try (var loop = snapshots.tree("box", stack).find("/loop".getBytes(UTF_8));
                var broken = snapshots.tree("box", stack).find("/broken".getBytes(UTF_8))) {
            assertThatThrownBy(loop::linkTarget).hasMessageContaining("too many links");
            assertThat(broken.linkTarget()).isEqualTo("/where/x");
        }
    }

    /** CVE-2018-15664, CVE-2026-41568 and CVE-2026-42306, as the container's root does it. */
    @Test
    void whoSwapsADirectoryForALinkLeadsNothingOut() throws Exception {
        var canary = Files.createDirectory(temp.resolve("canary"));
        Files.writeString(canary.resolve("secret"), "host");
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rwxrwxrwx"));
        var tar = new TestTar().mode(0777).dir("s/").file("s/x", "planted").end();
        var stop = new AtomicBoolean();
        try (var root = snapshots.mount("box", stack, IDS, target);
                var writer = root.writer(IDS)) {
            var racer = Thread.ofPlatform().start(() -> swapAsRoot(canary, stop));
            for (int i = 0; i < 10_000; i++) {
                try {
                    copy(writer, tar, "/run", PLAIN);
                } catch (IOException e) {
                    // what is there changes under the copy
                }
            }
            stop.set(true);
            racer.join();
        }
        assertThat(canary.toFile().list()).containsExactly("secret");
        assertThat(canary.resolve("secret")).hasContent("host");
        assertThat(Files.getPosixFilePermissions(canary)).hasSize(9);
        assertThat(owner(canary)).isZero();
    }

    private void swapAsRoot(Path canary, AtomicBoolean stop) {
        try {
            Isolated.as(
                    IDS.rootUid(),
                    IDS.rootGid(),
                    target,
                    () -> {
                        swap(canary, stop);
                        return canary;
                    });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void swap(Path canary, AtomicBoolean stop) {
        var place = target.resolve("run/s");
        var link = target.resolve("run/l");
        while (!stop.get()) {
            try {
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, canary);
                Files.deleteIfExists(place.resolve("x"));
                Files.deleteIfExists(place);
                Files.move(link, place, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
                Files.deleteIfExists(place);
            } catch (IOException e) {
                // the copy was quicker
            }
        }
    }
}
