package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class TreesTest {
    @TempDir Path parent;

    private Path run() {
        return parent.resolve("run");
    }

    private static void fill(Path tree) throws IOException {
        Files.createDirectories(tree.resolve("shared/a/b/c/d"));
        Files.writeString(tree.resolve("shared/a/b/file"), "");
    }

    @Test
    void nothingOfItIsLeftAndTwiceIsFine() throws IOException {
        Trees.make(run()).close();
        fill(run());
        Trees.remove(run());
        Trees.remove(run());
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whoMadeItRemovesItByItsDescriptor() throws IOException {
        try (var made = Trees.make(run())) {
            fill(run());
            Trees.remove(run(), made);
        }
        assertThat(parent).isEmptyDirectory();
    }

    /** Those names can be foreseen, and /tmp is everybody's. */
    @Test
    void nothingIsMovedToWhereOthersMayHaveTakenItsName() throws IOException {
        Trees.make(run()).close();
        fill(run());
        long pid = ProcessHandle.current().pid();
        var taken = parent.resolve("run" + Dir.REMOVED + pid + "-0").resolve("full");
        Files.createDirectories(taken);
        Trees.remove(run());
        assertThat(run()).doesNotExist();
        assertThat(taken).exists();
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws IOException {
        fill(parent.resolve("elsewhere"));
        Files.createSymbolicLink(run(), parent.resolve("elsewhere"));
        Trees.remove(run());
        assertThat(run()).isSymbolicLink();
        assertThat(parent.resolve("elsewhere/shared/a/b/file")).exists();
    }

    @Test
    void aDirectoryOfSomebodyElsesInItsPlaceIsLeft() throws IOException {
        fill(run());
        Files.setAttribute(run(), "unix:uid", 60_900);
        Trees.remove(run());
        assertThat(run().resolve("shared/a/b/file")).exists();
    }

    @Test
    void aNameThatIsTakenIsNotMadeOurs() throws IOException {
        fill(run());
        assertThatThrownBy(() -> Trees.make(run()))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        assertThat(run().resolve("shared/a/b/file")).exists();
    }
}
