package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ContextArchiveTest {
    @TempDir Path directory;

    /** Paths that are not chosen; {@code walked} may hold something that is. */
    private record Without(String path, Set<String> paths, Set<String> walked)
            implements HostArchive.Choice {
        @Override
        public HostArchive.Choice below(String name) {
            return new Without(path.isEmpty() ? name : path + "/" + name, paths, walked);
        }

        @Override
        public boolean isChosen() {
            return !paths.contains(path);
        }

        @Override
        public boolean mayBeBelow() {
            return isChosen() || walked.contains(path);
        }
    }

    private List<TarEntry> written(Set<String> without, Set<String> walked) throws IOException {
        var out = new ByteArrayOutputStream();
        HostArchive.writeContext(
                directory,
                new Without("", without, walked),
                Map.of("added", "text".getBytes(UTF_8)),
                out);
        var entries = new ArrayList<TarEntry>();
        try (var tar = new TarReader(new ByteArrayInputStream(out.toByteArray()))) {
            for (var entry = tar.next(); entry != null; entry = tar.next()) entries.add(entry);
        }
        return entries;
    }

    private static List<String> shown(List<TarEntry> entries) {
        return entries.stream().map(TarEntry::toString).toList();
    }

    @Test
    void filesBelongToRootAndAreInOrder() throws IOException {
        Files.writeString(directory.resolve("b"), "content");
        Files.createDirectory(directory.resolve("a"));
        Files.setPosixFilePermissions(
                directory.resolve("b"), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(directory.resolve("a/link"), Path.of("/etc/shadow"));
        var entries = written(Set.of(), Set.of());
        assertThat(shown(entries))
                .containsExactly("FILE added", "DIRECTORY a/", "SYMLINK a/link", "FILE b");
        assertThat(entries).allMatch(entry -> entry.uid() == 0 && entry.gid() == 0);
        assertThat(entries.getLast().mode()).isEqualTo(0700);
        assertThat(entries.getLast().size()).isEqualTo(7);
    }

    @Test
    void aFifoIsNotOpenedAndASocketIsLeftOut() throws Exception {
        assertThat(
                        new ProcessBuilder("mkfifo", directory.resolve("fifo").toString())
                                .start()
                                .waitFor())
                .isZero();
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            assertThat(shown(written(Set.of(), Set.of())))
                    .containsExactly("FILE added", "FIFO fifo");
        }
    }

    @Test
    void aFileWithTwoNamesIsSentOnce() throws IOException {
        Files.writeString(directory.resolve("a"), "content");
        Files.createLink(directory.resolve("b"), directory.resolve("a"));
        assertThat(shown(written(Set.of(), Set.of())))
                .containsExactly("FILE added", "FILE a", "HARD_LINK b");
    }

    @Test
    void aDirectoryThatIsNotChosenIsWrittenOnlyForWhatIsChosenInIt() throws IOException {
        for (var name : List.of("in/some", "in/none", "out/deep")) {
            Files.createDirectories(directory.resolve(name));
            Files.writeString(directory.resolve(name + "/file"), "");
        }
        var without = Set.of("in", "in/some", "in/none", "in/none/file", "out");
        assertThat(shown(written(without, Set.of("in", "in/some", "in/none"))))
                .containsExactly(
                        "FILE added", "DIRECTORY in/", "DIRECTORY in/some/", "FILE in/some/file");
    }
}
