package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class TreeTest {
    private static final long OWNER = IdRange.FOREIGN.first() + 7;

    @TempDir Path top;

    @BeforeEach
    void files() throws Exception {
        Files.createDirectories(top.resolve("a/b"));
        Files.createFile(top.resolve("a/b/c"));
        Files.createSymbolicLink(top.resolve("a/out"), Path.of("/etc"));
        own(top, ".", OWNER, OWNER);
        for (var name : new String[] {"a", "a/b", "a/b/c", "a/out"}) {
            own(top, name, OWNER, OWNER);
        }
    }

    private static void own(Path directory, String name, long uid, long gid) throws Exception {
        try (var dir = Dir.open(directory)) {
            dir.chown(name.getBytes(StandardCharsets.UTF_8), uid, gid);
        }
    }

    private Tree walk(long limit) throws Exception {
        return Tree.walk(top, IdRange.FOREIGN, limit);
    }

    @Test
    void allFilesOfTheRangeAreLookedAtAndNoLinkIsFollowed() throws Exception {
        assertThat(walk(1000)).isEqualTo(new Tree(top.toString(), 5, true, java.util.List.of()));
    }

    @Test
    void aFileOfHostRootsIsFound() throws Exception {
        own(top, "a/b/c", 0, OWNER);
        assertThat(walk(1000).strangers()).containsExactly(top + "/a/b/c is owned by 0:" + OWNER);
    }

    @Test
    void aGroupOfTheHostsIsFoundAlsoOfALink() throws Exception {
        own(top, "a/out", OWNER, 0);
        assertThat(walk(1000).strangers())
                .containsExactly(top + "/a/out is owned by " + OWNER + ":0");
    }

    @Test
    void theDirectoryItselfIsLookedAt() throws Exception {
        own(top, ".", 0, 0);
        assertThat(walk(1000).strangers()).containsExactly(top + " is owned by 0:0");
    }

    @Test
    void whatIsNoDirectoryIsLookedAtItself() throws Exception {
        var file = top.resolve("a/b/c");
        assertThat(Tree.walk(file, IdRange.FOREIGN, 1000).strangers()).isEmpty();
        own(top, "a/b/c", 0, 0);
        assertThat(Tree.walk(file, IdRange.FOREIGN, 1000))
                .isEqualTo(
                        new Tree(
                                file.toString(),
                                1,
                                true,
                                java.util.List.of(file + " is owned by 0:0")));
    }

    @Test
    void aLimitIsKeptAndTold() throws Exception {
        assertThat(walk(3).files()).isEqualTo(3);
        assertThat(walk(3).whole()).isFalse();
        assertThat(walk(5).whole()).isTrue();
    }

    @Test
    void aTreeDeeperThanCanBeOpenedIsToldNotToBeWhole() throws Exception {
        var deep = top.resolve("a");
        for (int i = 0; i < 250; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        assertThat(walk(1000).whole()).isFalse();
    }
}
