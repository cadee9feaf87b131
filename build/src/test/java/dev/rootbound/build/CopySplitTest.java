package dev.rootbound.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.image.TarEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CopySplitTest {
    private static SourceFile file(TarEntry.Type type, Map<String, byte[]> xattrs) {
        var entry =
                new TarEntry(
                        new byte[0],
                        type,
                        0644,
                        0,
                        0,
                        null,
                        0,
                        0,
                        0,
                        new byte[0],
                        0,
                        0,
                        xattrs,
                        List.of());
        return SourceFile.other(entry, 0, 0, null);
    }

    private static SourceFile file() {
        return file(TarEntry.Type.FILE, Map.of());
    }

    private static SourceFile directory(Map<String, SourceFile> children) {
        var directory = SourceFile.directory(SourceFiles.DIRECTORY);
        directory.children().putAll(children);
        return directory;
    }

    /** With what is at these paths; at all others there is nothing. */
    private static CopySplit split(
            Map<String, CopySplit.Before.Kind> before, CopyTar.Member... members) {
        return CopySplit.of(
                List.of(members), path -> before.getOrDefault(path, CopySplit.Before.Kind.NOTHING));
    }

    private static CopyTar.Member member(String path, SourceFile file) {
        return new CopyTar.Member(path, file, null);
    }

    private static List<String> paths(List<CopyTar.Member> members) {
        return members.stream()
                .map(member -> member.path() + "/".repeat(member.file().children().size()))
                .toList();
    }

    private static void assertWhole(CopySplit split, CopyTar.Member... members) {
        assertThat(split.made()).containsExactly(members);
        assertThat(split.written()).isEmpty();
    }

    private static final SourceFile TREE =
            directory(Map.of("a", file(), "b", directory(Map.of("c", file()))));

    @Test
    void whatIsInANewDirectoryIsWritten() {
        var split = split(Map.of(), member("app", TREE), member("file", file()));
        assertThat(paths(split.made())).containsExactly("app", "file");
        assertThat(paths(split.written())).containsExactly("app/a", "app/b/");
    }

    @Test
    void inADirectoryThatIsThereEachIsLookedAt() {
        var there = Map.of("/app", CopySplit.Before.Kind.DIRECTORY);
        var split = split(there, member("app", TREE));
        assertThat(paths(split.made())).containsExactly("app", "app/a", "app/b");
        assertThat(paths(split.written())).containsExactly("app/b/c");
    }

    @Test
    void aLinkInTheWayOrAtTheEndIsLeftToTheContainer() {
        var there = Map.of("/app", CopySplit.Before.Kind.OTHER);
        assertWhole(split(there, member("app", TREE)), member("app", TREE));
        assertWhole(split(there, member("app/x", TREE)), member("app/x", TREE));
    }

    @Test
    void whatNoLayerCanHoldIsRefusedInTheContainer() {
        for (var odd :
                List.of(
                        file(TarEntry.Type.CHARACTER_DEVICE, Map.of()),
                        file(TarEntry.Type.FIFO, Map.of()),
                        file(TarEntry.Type.FILE, Map.of("security.capability", new byte[1])))) {
            var tree = directory(Map.of("below", directory(Map.of("odd", odd))));
            assertWhole(split(Map.of(), member("app", tree)), member("app", tree));
        }
        var whiteout = directory(Map.of(".wh.x", file()));
        assertWhole(split(Map.of(), member("app", whiteout)), member("app", whiteout));
    }

    @Test
    void sourcesThatMeetAreLeftToTheContainer() {
        for (var path : List.of("app", "app/a", "app/new/file")) {
            var members = new CopyTar.Member[] {member("app", TREE), member(path, TREE)};
            assertWhole(split(Map.of(), members), members);
        }
    }

    @Test
    void aDirectoryThatOnlyLeadsThereMeetsNothing() {
        var way = CopyTar.Member.onTheWay("srv", SourceFiles.DIRECTORY);
        var split = split(Map.of(), way, member("srv/app", TREE));
        assertThat(split.made()).first().isEqualTo(way);
        assertThat(paths(split.written())).containsExactly("srv/app/a", "srv/app/b/");
    }
}
