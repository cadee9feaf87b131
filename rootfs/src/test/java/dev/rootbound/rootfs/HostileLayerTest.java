package dev.rootbound.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.image.TarException;
import dev.rootbound.linux.Dir;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the layer's root is a directory with one file, which stays as it is whatever the tar. */
@Tag("kernel")
class HostileLayerTest {
    @TempDir Path temp;
    private TestLayer layer;
    private Path outside;

    @BeforeEach
    void open() throws Exception {
        layer = new TestLayer(temp);
        outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("canary"), "sings");
    }

    @AfterEach
    void nothingOutsideWasTouched() throws Exception {
        layer.close();
        assertThat(outside.resolve("canary")).hasContent("sings");
        assertThat(Files.getAttribute(outside.resolve("canary"), "unix:nlink")).isEqualTo(1);
        assertThat(Files.getAttribute(outside, "unix:uid")).isEqualTo(0);
        assertThat(outside.toFile().list()).containsExactly("canary");
        assertThat(temp.toFile().list()).containsExactlyInAnyOrder("layer", "outside");
    }

    @Test
    void aNameThatLeadsUpIsRefused() {
        for (var name :
                new String[] {
                    "../outside/x",
                    "a/../../outside/x",
                    "..",
                    "a/..",
                    "/../x",
                    "./../outside/.wh.canary"
                }) {
            assertThatThrownBy(() -> layer.unpack(new TestTar().file(name, "x")))
                    .as(name)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("..");
        }
    }

    @Test
    void anAbsoluteNameIsBelowTheLayersRoot() throws Exception {
        layer.unpack(new TestTar().file(outside.resolve("x").toString(), "inside"));
        assertThat(layer.content(outside.resolve("x").toString().substring(1))).isEqualTo("inside");
    }

    @Test
    void aLinkOutIsNotWrittenThrough() throws Exception {
        for (var target :
                new String[] {outside.toString(), "../outside", "../../../../" + outside}) {
            assertThatThrownBy(() ->
                            layer.unpack(new TestTar().symlink("l", target).file("l/canary", "")))
                    .as(target)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("symbolic link to no directory of this tree");
        }
        layer.unpack(
                new TestTar()
                        .dir("outside/")
                        .symlink("l", "../../outside")
                        .file("l/canary", "inside")
                        .file("l/.wh.gone", "")
                        .file("l/.wh..wh..opq", ""));
        assertThat(layer.content("outside/canary")).isEqualTo("inside");
    }

    @Test
    void aWhiteoutDoesNotReachOut() throws Exception {
        for (var target : new String[] {outside.toString(), "../outside"}) {
            layer.unpack(
                    new TestTar()
                            .symlink("l", target)
                            .file("l/.wh.canary", "")
                            .file("l/.wh..wh..opq", "")
                            .file("l/sub/.wh.canary", ""));
        }
        assertThat(layer.path.toFile().list()).containsExactly("l");
        try (var dir = Dir.open(outside)) {
            assertThat(LayerTree.isOpaque(dir)).isFalse();
        }
    }

    @Test
    void aLinkItselfIsReplacedNotFollowed() throws Exception {
        var canary = outside.resolve("canary").toString();
        layer.unpack(
                new TestTar()
                        .symlink("f", canary)
                        .file("f", "inside")
                        .symlink("d", outside.toString())
                        .owner(5, 5)
                        .dir("d/")
                        .symlink("p", canary)
                        .add('6', "p", "", new byte[0])
                        .symlink("h", canary)
                        .hardLink("h2", "h")
                        .symlink("w", outside.toString())
                        .file(".wh.w", ""));
        assertThat(layer.content("f")).isEqualTo("inside");
        assertThat(layer.stat("d").isDirectory()).isTrue();
        assertThat(layer.stat("h2").isSymlink()).isTrue();
    }

    @Test
    void linksInACircleAreRefused() {
        assertThatThrownBy(() ->
                        layer.unpack(
                                new TestTar().symlink("a", "b").symlink("b", "a").file("a/x", "")))
                .hasMessageContaining("'a/x'")
                .hasMessageContaining("ELOOP");
    }

    @Test
    void aHardLinkDoesNotReachOut() {
        for (var target :
                new String[] {
                    "../outside/canary",
                    outside.resolve("canary").toString(),
                    "l/canary",
                    "x/../../outside/canary"
                }) {
            assertThatThrownBy(() ->
                            layer.unpack(
                                    new TestTar()
                                            .dir("x/")
                                            .symlink("l", outside.toString())
                                            .hardLink("h", target)))
                    .as(target)
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("not in this tree");
        }
        for (var target : new String[] {"..", ".", "/", "x/..", "x"}) {
            assertThatThrownBy(() -> layer.unpack(new TestTar().dir("x/").hardLink("h", target)))
                    .as(target)
                    .hasMessageContaining("hard link to a directory");
        }
        assertThatThrownBy(() -> layer.unpack(new TestTar().file(".wh.g", "").hardLink("h", "g")))
                .hasMessageContaining("not in this tree");
    }

    @Test
    void theRootIsOnlyADirectory() throws Exception {
        for (var name : new String[] {".", "/", "./", "//."}) {
            layer.unpack(new TestTar().mode(0711).dir(name));
            assertThat(layer.stat("").mode() & 07777).isEqualTo(0711);
            for (var tar :
                    new TestTar[] {
                        new TestTar().symlink(name, "/etc"), new TestTar().hardLink(name, "x")
                    }) {
                assertThatThrownBy(() -> layer.unpack(tar))
                        .as(name)
                        .isInstanceOf(LayerException.class)
                        .hasMessageContaining("root");
            }
        }
        assertThatThrownBy(() -> layer.unpack(new TestTar().file("", "")))
                .isInstanceOf(TarException.class);
    }

    @Test
    void namesBeyondTheKernelsLimitsAreRefusedInFewWords() {
        for (var name :
                new String[] {
                    "n".repeat(256), "n".repeat(65000), "d/".repeat(5000), "\u0001".repeat(300)
                }) {
            assertThatThrownBy(() -> layer.unpack(new TestTar().file(name + "x", "")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ENAMETOOLONG")
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
        }
    }

    @Test
    void directoriesAsDeepAsAPathCanBeAreMade() throws Exception {
        var deep = "d/".repeat(2000);
        layer.unpack(new TestTar().file(deep + "x", "deep").hardLink("h", deep + "x"));
        assertThat(layer.content("h")).isEqualTo("deep");
        layer.clear(); // JUnit takes minutes
    }

    /** {@code -Dfiles=1000000} asks for more. */
    @Test
    void manyTinyFilesAreMadeInTheMemoryOfAFew() throws Exception {
        int files = Integer.getInteger("files", 100_000);
        long before = used();
        var tars =
                IntStream.range(0, files)
                        .peek(n ->
                                assertThat(n < files - 1 ? 0 : used() - before)
                                        .isLessThan(16 << 20))
                        .mapToObj(n -> new TestTar().file("d" + n % 1000 + "/" + n, "x").end())
                        .map(tar ->
                                (InputStream) new ByteArrayInputStream(tar, 0, tar.length - 1024));
        try (var in = new SequenceInputStream(enumeration(tars.iterator()))) {
            var unpacked = layer.unpack(in);
            assertThat(unpacked).isEqualTo(new LayerUnpacker.Unpacked(files, files));
        }
        layer.clear(); // JUnit takes longer
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes no other
    private static <T> Enumeration<T> enumeration(Iterator<T> all) {
        return new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return all.hasNext();
            }

            @Override
            public T nextElement() {
                return all.next();
            }
        };
    }

    @Test
    void malformedAttributesAreRefused() {
        byte[][] capabilities = {
            {}, new byte[20], {1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, v3(24, 65536), v3(23, 0)
        };
        for (var value : capabilities) {
            assertThatThrownBy(() ->
                            layer.unpack(
                                    new TestTar()
                                            .xattr("security.capability", value)
                                            .file("f", "")))
                    .as(Arrays.toString(value))
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("capability");
        }
        byte[][] lists = {{}, {1, 0, 0, 0}, {2, 0, 0, 0, 1}, {2, 0, 0, 0, 2, 0, 7, 0, 0, 0, 1, 0}};
        for (var value : lists) {
            assertThatThrownBy(() ->
                            layer.unpack(
                                    new TestTar()
                                            .xattr("system.posix_acl_access", value)
                                            .file("f", "")))
                    .as(Arrays.toString(value))
                    .isInstanceOf(LayerException.class)
                    .hasMessageContaining("posix_acl_access");
        }
    }

    private static byte[] v3(int length, int root) {
        var value = new byte[24];
        value[3] = 3;
        value[22] = (byte) (root >> 16);
        return Arrays.copyOf(value, length);
    }
}
