package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.systemtests.Layer.Meta;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images made to harm: none writes outside its layer, a damaged one is refused and leaves nothing.
 */
@SystemTest
class HostileArchivesTest {
    private static final String TAG = "rbt/hostile:latest";
    private String before = "";

    @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.ALWAYS)
    private Path directory = Path.of("/nonexistent");

    private Path canary = directory;

    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @BeforeEach
    void plantCanary(Target target) throws IOException {
        canary = Files.createDirectory(directory.resolve("canary"));
        Files.writeString(canary.resolve("bird"), "alive");
        before = target.leftovers();
    }

    @AfterEach
    void canaryIsUntouched(Target target) throws IOException {
        target.docker().run("rmi", "-f", TAG);
        assertThat(canary).isDirectoryContaining(file -> file.endsWith("bird"));
        assertThat(canary.toFile().list()).containsExactly("bird");
        assertThat(Files.readString(canary.resolve("bird"))).isEqualTo("alive");
        assertThat(Files.getAttribute(canary.resolve("bird"), "unix:nlink")).isEqualTo(1);
        assertThat(Path.of("/rbt-escaped")).doesNotExist();
        assertThat(Path.of("/tmp/rbt-escaped")).doesNotExist();
    }

    @Behaviour
    void aTruncatedArchiveIsRefused(Cli cli, Target target) throws IOException {
        var whole = Files.readAllBytes(TestImage.BUSYBOX.archive());
        for (var length : new int[] {100, 512, whole.length / 2, whole.length - 20_000})
            refused(cli, target, Arrays.copyOf(whole, length));
    }

    @Behaviour
    void aTruncatedGzipArchiveIsRefused(Cli cli, Target target) throws IOException {
        var whole = gzip(hostile(TestImage.busybox()));
        refused(cli, target, Arrays.copyOf(whole, whole.length / 2));
    }

    @Behaviour
    void aCorruptGzipArchiveIsRefused(Cli cli, Target target) throws IOException {
        var whole = gzip(hostile(TestImage.busybox()));
        Arrays.fill(whole, whole.length / 2, whole.length / 2 + 64, (byte) 0x55);
        refused(cli, target, whole);
    }

    @Behaviour
    void whatIsNoArchiveIsRefused(Cli cli, Target target) {
        refused(cli, target, "this is no archive\n".repeat(100).getBytes(UTF_8));
        refused(cli, target, new byte[0]);
    }

    @Behaviour
    void aLayerThatIsNotWhatItsDigestSaysIsRefused(Cli cli, Target target) throws IOException {
        var archive = hostile(TestImage.busybox());
        var text = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1);
        var at = text.indexOf("sha256:") + 7;
        archive[at] = (byte) (archive[at] == 'a' ? 'b' : 'a');
        refused(cli, target, archive);
    }

    @Behaviour
    void aHeaderThatClaimsTwoGigabytesIsRefusedAndTakesNoMemory(Cli cli, Target target)
            throws IOException {
        var layer = TestImage.busybox().file("big", "x").bytes();
        claim(layer, find(layer, "big"), 2L << 30);
        refused(cli, target, archive(layer));
    }

    @Behaviour
    void namesWithDotDotStayInTheLayer(Cli cli) throws IOException {
        harmless(
                cli,
                TestImage.busybox()
                        .file("../../../../../../../../.." + canary + "/dotdot", "x")
                        .file("../../../../rbt-escaped", "x"));
    }

    @Behaviour
    void absoluteNamesStayInTheLayer(Cli cli) throws IOException {
        harmless(
                cli, TestImage.busybox().file(canary + "/absolute", "x").file("/rbt-escaped", "x"));
    }

    @Behaviour
    void aFileWrittenThroughASymlinkStaysInTheLayer(Cli cli) throws IOException {
        harmless(
                cli,
                TestImage.busybox().symlink("out", canary.toString()).file("out/through", "x"));
        harmless(
                cli,
                TestImage.busybox()
                        .symlink("up", "../../../../../../../../../.." + canary)
                        .file("up/bird", "dead"));
        harmless(cli, TestImage.busybox().symlink("file", canary + "/bird").file("file", "dead"));
    }

    @Behaviour
    void aDirectoryMadeThroughASymlinkKeepsTheHostsMode(Cli cli) throws IOException {
        harmless(
                cli,
                TestImage.busybox()
                        .symlink("out", canary.toString())
                        .dir("out", Meta.mode(0777).owner(5, 5)));
        assertThat(Files.getAttribute(canary, "unix:uid")).isEqualTo(0);
    }

    @Behaviour
    void aHardLinkReachesNoFileOfTheHost(Cli cli) throws IOException {
        harmless(cli, TestImage.busybox().hardLink("linked", canary + "/bird"));
        harmless(
                cli,
                TestImage.busybox()
                        .hardLink("linked", "../../../../../../../.." + canary + "/bird"));
        harmless(
                cli,
                TestImage.busybox()
                        .symlink("out", canary.toString())
                        .hardLink("linked", "out/bird"));
    }

    @Behaviour
    void aWhiteoutReachesNoFileOfTheHost(Cli cli) throws IOException {
        harmless(
                cli,
                TestImage.busybox().symlink("out", canary.toString()).file("out/.wh.bird", ""));
        harmless(
                cli,
                TestImage.busybox().symlink("out", canary.toString()).file("out/.wh..wh..opq", ""));
    }

    @Promise
    void aTrustedAttributeIsRefusedByName(Cli cli, Target target) throws IOException {
        var result =
                load(
                        cli,
                        hostile(
                                TestImage.busybox()
                                        .file(
                                                "f",
                                                Meta.mode(0644)
                                                        .xattr("trusted.overlay.redirect", "/etc"),
                                                new byte[0])));
        assertThat(result.code()).isNotZero();
        assertThat(result.err() + result.out()).contains("trusted.overlay.redirect");
        nothingLeft(target);
    }

    @Promise
    void anOwnerAbove65535IsRefusedByName(Cli cli, Target target) throws IOException {
        var result =
                load(
                        cli,
                        hostile(
                                TestImage.busybox()
                                        .file(
                                                "far-out",
                                                Meta.mode(0644).owner(70000, 0),
                                                new byte[0])));
        assertThat(result.code()).isNotZero();
        assertThat(result.err() + result.out()).contains("70000").contains("far-out");
        nothingLeft(target);
    }

    @Behaviour
    void aPasswdWithoutEndDoesNotFillTheEnginesMemory(Cli cli) throws IOException {
        var huge = new byte[64 << 20];
        Arrays.fill(huge, (byte) 'x');
        load(
                        cli,
                        archive(
                                new Layer()
                                        .dir("etc", Meta.mode(0755))
                                        .file("etc/passwd", Meta.mode(0644), huge)
                                        .bytes()))
                .ok();
        cli.run("run", "--rm", "-u", "nobody", TAG, "true");
        cli.run("version").ok();
    }

    @Behaviour
    void aPasswdThatPointsOutIsReadInTheImage(Cli cli) throws IOException {
        load(
                        cli,
                        hostile(
                                new Layer()
                                        .file("bin", Meta.mode(0644), new byte[0])
                                        .symlink("passwd", "/etc/shadow")
                                        .symlink("etc", "../../../../etc")))
                .ok();
        var result = cli.run("run", "--rm", "-u", "nobody", TAG, "true");
        assertThat(result.code()).isBetween(125, 127);
    }

    /** Refused, or loaded without harm: the canary is looked at after each test. */
    private void harmless(Cli cli, Layer layer) throws IOException {
        var result = load(cli, hostile(layer));
        if (result.code() != 0) {
            assertThat(result.err() + result.out()).isNotBlank();
            return;
        }
        cli.run("run", "--rm", TAG, "true");
    }

    private void refused(Cli cli, Target target, byte[] archive) {
        var result = load(cli, archive);
        assertThat(result.code()).as(result.toString()).isNotZero();
        assertThat(result.err() + result.out()).isNotBlank().doesNotContain("Exception");
        nothingLeft(target);
    }

    private void nothingLeft(Target target) {
        assertThat(target.leftovers()).isEqualTo(before);
    }

    private static Result load(Cli cli, byte[] archive) {
        return cli.input(archive, "load", "-q");
    }

    private byte[] hostile(Layer layer) throws IOException {
        return archive(layer.bytes());
    }

    private byte[] archive(byte[] layer) throws IOException {
        var file = Files.write(directory.resolve("layer"), layer);
        return Files.readAllBytes(
                Archive.write(
                        directory.resolve("archive"),
                        TAG,
                        "\"Cmd\":[\"sh\"]",
                        java.util.List.of(file)));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** Where the header of the last entry of this name begins: headers are at multiples of 512. */
    private static int find(byte[] tar, String name) {
        var bytes = (name + "\0").getBytes(UTF_8);
        for (var at = tar.length - 512; at >= 0; at -= 512)
            if (Arrays.equals(tar, at, at + bytes.length, bytes, 0, bytes.length)) return at;
        throw new AssertionError("no entry " + name);
    }

    /** Rewrites a header's size and checksum (tar(5)). */
    private static void claim(byte[] tar, int header, long size) {
        put(tar, header + 124, "%011o ".formatted(size));
        put(tar, header + 148, "        ");
        var sum = 0;
        for (var at = header; at < header + 512; at++) sum += tar[at] & 0xff;
        put(tar, header + 148, "%06o\0 ".formatted(sum));
    }

    private static void put(byte[] tar, int at, String text) {
        System.arraycopy(text.getBytes(UTF_8), 0, tar, at, text.length());
    }
}
