package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class HostPathTest {
    private static final Credentials ROOT = new Credentials(0, 0, List.of());
    private static final Credentials USER = new Credentials(54321, 54322, List.of(54323L));

    @TempDir private Path top;

    @BeforeEach
    void open() throws IOException {
        Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private Path directory(String name, String mode, int uid, int gid) throws IOException {
        var made = Files.createDirectory(top.resolve(name));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
        Files.setAttribute(made, "unix:uid", uid);
        Files.setAttribute(made, "unix:gid", gid);
        return made;
    }

    private static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }

    @Test
    void aPathIsOpenedWithTheUsersRightsAlone() throws Exception {
        var closed = Files.createDirectory(directory("closed", "rwx------", 0, 0).resolve("in"));
        HostPath.open(closed, ROOT).close();
        assertThatThrownBy(() -> HostPath.open(closed, USER).close())
                .hasMessageContaining("EACCES");
        var own = Files.createDirectory(directory("own", "rwx------", 54321, 0).resolve("in"));
        HostPath.open(own, USER).close();
        var ofGroup = Files.createDirectory(directory("g", "rwxr-x---", 0, 54322).resolve("in"));
        HostPath.open(ofGroup, USER).close();
        var ofOther = Files.createDirectory(directory("s", "rwxr-x---", 0, 54323).resolve("in"));
        HostPath.open(ofOther, USER).close();
        // the thread that had the rights is gone: this one has its own
        HostPath.open(closed, ROOT).close();
    }

    @Test
    void linksAreFollowedAsTheUserMayAndThoseOfProcNotAtAll() throws Exception {
        var closed = directory("closed", "rwx------", 0, 0);
        Files.createDirectory(closed.resolve("in"));
        var link = Files.createSymbolicLink(top.resolve("link"), closed.resolve("in"));
        try (var opened = HostPath.open(link, ROOT)) {
            assertThat(HostPath.real(opened)).isEqualTo(closed.resolve("in").toString());
        }
        assertThatThrownBy(() -> HostPath.open(link, USER).close()).hasMessageContaining("EACCES");
        for (var magic : List.of("/proc/self/cwd", "/proc/self/root", "/proc/self/fd/0")) {
            assertThatThrownBy(() -> HostPath.open(Path.of(magic), ROOT).close())
                    .as(magic)
                    .hasMessageContaining("ELOOP");
        }
    }

    @Test
    void whatIsMissingIsMadeByTheUser() throws Exception {
        var own = directory("own", "rwx------", 54321, 54322);
        HostPath.make(own.resolve("a/b"), USER).close();
        assertThat(owner(own.resolve("a"))).isEqualTo(54321);
        assertThat(owner(own.resolve("a/b"))).isEqualTo(54321);
        HostPath.make(own.resolve("a/b"), USER).close();
        var foreign = directory("foreign", "rwxr-xr-x", 0, 0);
        assertThatThrownBy(() -> HostPath.make(foreign.resolve("a"), USER).close())
                .hasMessageContaining("EACCES");
        assertThat(foreign.resolve("a")).doesNotExist();
        HostPath.make(foreign, USER).close();
    }

    @Test
    void whatIsMadeForOthersIsTheirsFromItsBeginning() throws Exception {
        HostPath.make(top.resolve("x/y"), 131072, 196608).close();
        assertThat(owner(top.resolve("x"))).isEqualTo(131072);
        assertThat(Files.getAttribute(top.resolve("x/y"), "unix:gid")).isEqualTo(196608);
        assertThat(owner(Files.createFile(top.resolve("after")))).isZero();
    }

    @Test
    void nothingIsReachedThroughLinksBelowADirectory() throws Exception {
        Files.createDirectories(top.resolve("a/b"));
        Files.createSymbolicLink(top.resolve("a/out"), top);
        Files.createSymbolicLink(top.resolve("a/in"), Path.of("b"));
        try (var directory = HostPath.open(top.resolve("a"), ROOT)) {
            HostPath.below(directory, Names.of("b"), ROOT).close();
            for (var name : List.of("out", "in")) {
                assertThatThrownBy(() ->
                                HostPath.below(directory, Names.of(name + "/."), ROOT).close())
                        .hasMessageContaining("ELOOP");
            }
            assertThatThrownBy(() -> HostPath.below(directory, Names.of("../a"), ROOT).close())
                    .hasMessageContaining("EXDEV");
        }
    }

    /** The race of CVE-2021-30465 and its kin: a source that is swapped for a link meanwhile. */
    @Test
    void whoSwapsAPathForALinkMeanwhileLeadsNobodyThere() throws Exception {
        var own = directory("own", "rwxrwxrwx", 54321, 54321);
        var source = Files.createDirectory(own.resolve("source"));
        var others = directory("others", "rwxr-xr-x", 0, 0);
        Files.createSymbolicLink(own.resolve("link"), others);
        long forbidden = inode(others);
        long allowed = inode(source);
        var swapping = Thread.ofPlatform().start(() -> swapUntilInterrupted(own));
        int opened = 0;
        try {
            for (int round = 0; round < 10_000; round++) {
                var user = round % 2 == 0 ? USER : ROOT;
                try (var fd = HostPath.openReal(source.toString(), user)) {
                    assertThat(fd.stat().inode()).isEqualTo(allowed).isNotEqualTo(forbidden);
                    opened++;
                } catch (ErrnoException e) {
                    assertThat(e.errno()).isIn(Errno.ELOOP, Errno.ENOENT);
                }
            }
        } finally {
            swapping.interrupt();
            swapping.join();
        }
        assertThat(opened).as("rounds in which it was there").isBetween(100, 9_900);
    }

    private static long inode(Path path) throws IOException {
        return (Long) Files.getAttribute(path, "unix:ino");
    }

    private static void swapUntilInterrupted(Path directory) {
        var source = directory.resolve("source");
        var kept = directory.resolve("kept");
        var link = directory.resolve("link");
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Files.move(source, kept);
                Files.move(link, source);
                Files.move(source, link);
                Files.move(kept, source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocketChannel listening(Path path, String mode) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), 1);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        return server;
    }

    private static String peer(SocketChannel client) throws IOException {
        for (var option : client.supportedOptions())
            if (option.name().equals("SO_PEERCRED")) return client.getOption(option).toString();
        throw new AssertionError("no SO_PEERCRED");
    }

    private static void refuses(Path path, Credentials user, String why) throws IOException {
        try (var socket = HostPath.open(path, user)) {
            assertThatThrownBy(() -> HostPath.connect(socket, user).close())
                    .hasMessageContaining(why);
        }
    }

    @Test
    void whoConnectsIsToldToTheListenerAsThatUser() throws Exception {
        var path = top.resolve("s");
        try (var server = listening(path, "rwxrwxrwx")) {
            for (var user : List.of(USER, ROOT)) {
                try (var socket = HostPath.open(path, user);
                        var mine = HostPath.connect(socket, user);
                        var theirs = server.accept()) {
                    assertThat(peer(theirs))
                            .contains("user=" + (user.uid() == 0 ? "root" : "54321"))
                            .contains("group=" + (user.uid() == 0 ? "root" : "54322"));
                    mine.write(ByteBuffer.wrap(new byte[] {7}));
                    var read = ByteBuffer.allocate(1);
                    theirs.read(read);
                    assertThat(read.get(0)).isEqualTo((byte) 7);
                }
            }
        }
        // the thread that was somebody else has gone
        assertThat(Files.readString(Path.of("/proc/thread-self/status")))
                .contains("Uid:\t0\t0\t0\t0");
    }

    @Test
    void nobodyConnectsWithMoreThanItsOwnRights() throws Exception {
        var path = top.resolve("s");
        try (var _ = listening(path, "rwxr-xr-x")) {
            refuses(path, USER, "Permission denied");
            Files.setAttribute(path, "unix:gid", 54323);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxr-x"));
            try (var socket = HostPath.open(path, USER)) {
                HostPath.connect(socket, USER).close();
            }
        }
        refuses(path, USER, "Connection refused");
        refuses(Files.createFile(top.resolve("file")), ROOT, "refused");
    }

    @Test
    void aListenerThatDoesNotAcceptHoldsNobody() throws Exception {
        var path = top.resolve("s");
        var open = new ArrayList<SocketChannel>();
        try (var _ = listening(path, "rwxrwxrwx");
                var socket = HostPath.open(path, USER)) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100; i++)
                                    open.add(HostPath.connect(socket, USER));
                            })
                    .hasMessageContaining("temporarily unavailable");
        } finally {
            for (var each : open) each.close();
        }
    }
}
