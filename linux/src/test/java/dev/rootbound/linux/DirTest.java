package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirTest {
    @TempDir Path temp;

    private static byte[] b(String name) {
        return name.getBytes(UTF_8);
    }

    @Test
    void aLinkToTheRootStaysInside() throws Exception {
        Files.createDirectory(temp.resolve("etc"));
        Files.writeString(temp.resolve("etc/passwd"), "inside");
        Files.createSymbolicLink(temp.resolve("out"), Path.of("/../../etc/passwd"));
        try (var dir = Dir.open(temp);
                var file = dir.inRoot(b("out"), At.O_RDONLY, 0)) {
            var buffer = new byte[16];
            assertThat(new String(buffer, 0, file.read(buffer, 0, 16), UTF_8)).isEqualTo("inside");
        }
    }

    @Test
    void aNameThatIsALinkIsRefused() throws Exception {
        Files.createSymbolicLink(temp.resolve("link"), Path.of("/etc"));
        try (var dir = Dir.open(temp)) {
            assertThatThrownBy(() -> dir.dir(b("link")))
                    .isInstanceOf(ErrnoException.class)
                    .hasMessageContaining("openat2 link: E");
        }
    }

    @Test
    void aTreeIsRemovedButNotWhatItsLinksPointTo() throws Exception {
        var outside = Files.createDirectory(temp.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        var deep = Files.createDirectories(temp.resolve("tree/a/b/c/d"));
        Files.createSymbolicLink(deep.resolve("link"), outside);
        try (var dir = Dir.open(temp)) {
            dir.removeTree(b("tree"));
            assertThat(dir.names())
                    .extracting(n -> new String(n, UTF_8))
                    .containsExactly("outside");
        }
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void aTreeDeeperThanAnyStackOrPathIsRemoved() throws Exception {
        try (var dir = Dir.open(temp)) {
            dir.mkdir(b("deep"), 0700);
            var at = dir.dir(b("deep"));
            for (int i = 0; i < 3000; i++) {
                at.mkdir(b("d"), 0700);
                var next = at.dir(b("d"));
                at.close();
                at = next;
            }
            at.close();
            dir.removeTree(b("deep"));
            assertThat(dir.names()).isEmpty();
        }
    }

    @Test
    void statSaysWhatWasSet() throws Exception {
        try (var dir = Dir.open(temp)) {
            dir.openName(b("f"), At.O_WRONLY | At.O_CREAT | At.O_EXCL, 0600).close();
            dir.chmod(b("f"), 0640);
            dir.mtime(b("f"), 1234567890, 42);
            var stat = dir.stat(b("f"));
            assertThat(stat.mode()).isEqualTo(Stat.REGULAR | 0640);
            assertThat(stat.mtimeSeconds()).isEqualTo(1234567890);
            assertThat(stat.mtimeNanos()).isEqualTo(42);
            dir.symlink(b("to\u00e4"), b("l"));
            assertThat(dir.stat(b("l")).isSymlink()).isTrue();
            assertThat(dir.readlink(b("l"))).isEqualTo(b("to\u00e4"));
        }
    }

    @Test
    void aNulInANameIsRefused() throws Exception {
        try (var dir = Dir.open(temp)) {
            assertThatThrownBy(() -> dir.mkdir(new byte[] {'a', 0, 'b'}, 0700))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aFileIsWrittenThroughABufferSmallerThanIt() throws Exception {
        var content = "0123456789".getBytes(UTF_8);
        try (var dir = Dir.open(temp);
                var buffer = new WriteBuffer(4)) {
            try (var file = dir.openName(b("f"), At.O_WRONLY | At.O_CREAT | At.O_EXCL, 0600)) {
                buffer.write(file, content, 1, 9);
                file.mtime(-5, 999);
            }
            assertThat(dir.stat(b("f")).mtimeSeconds()).isEqualTo(-5);
            assertThat(dir.stat(b("f")).mtimeNanos()).isEqualTo(999);
        }
        assertThat(temp.resolve("f")).hasContent("123456789");
    }

    @Test
    void anAttributeIsReadAsItWasSet() throws Exception {
        Files.createDirectory(temp.resolve("d"));
        try (var dir = Dir.open(temp)) {
            assertThat(dir.xattr(b("d"), "user.a")).isEmpty();
            dir.setXattr(b("d"), "user.a", new byte[] {1, 0, -1});
            assertThat(dir.xattr(b("d"), "user.a")).contains(new byte[] {1, 0, -1});
        }
    }
}
