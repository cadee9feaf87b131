package dev.rootbound.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What of a copy is made in its step's container, and what is only written into the layer: all that
 * is below directories which the copy makes. In those nothing is yet that it could meet, and the
 * layer has their names, so that no file needs to be made, read and removed there once more.
 */
final class CopySplit {
    /** Each costs what a small file does. */
    private static final int MOST_LOOKS = 1000;

    /** What is at a path of a container before the copy. */
    interface Before {
        /** Nothing, a directory or something else; no link is followed at the end. */
        Kind at(String path);

        /** What can be there. */
        enum Kind {
            NOTHING,
            DIRECTORY,
            OTHER
        }
    }

    private final Before before;
    private final List<CopyTar.Member> made = new ArrayList<>();
    private final List<CopyTar.Member> written = new ArrayList<>();
    private final Map<String, Before.Kind> seen = new HashMap<>();

    private CopySplit(Before before) {
        this.before = before;
    }

    static CopySplit of(List<CopyTar.Member> members, Before before) {
        var split = new CopySplit(before);
        if (split.isSimple(members)) members.forEach(split::add);
        else split.made.addAll(members);
        return split;
    }

    /** In the container. */
    List<CopyTar.Member> made() {
        return made;
    }

    /** Into the layer, after what is made. */
    List<CopyTar.Member> written() {
        return written;
    }

    /**
     * Whether each member is alone where it goes, and no link is on the way there: a layer's names
     * are not followed.
     */
    private boolean isSimple(List<CopyTar.Member> members) {
        var paths = new HashSet<String>();
        for (var member : members) {
            boolean leads = member.file().isDirectory() && member.file().children().isEmpty();
            if (!leads && !paths.add(member.path())) return false;
        }
        for (var member : members) {
            var path = member.path();
            for (int end; (end = path.lastIndexOf('/')) >= 0; ) {
                path = path.substring(0, end);
                if (paths.contains(path) || at(path) == Before.Kind.OTHER) return false;
            }
        }
        return true;
    }

    private Before.Kind at(String path) {
        var known = seen.get(path);
        if (known != null) return known;
        var kind = seen.size() < MOST_LOOKS ? before.at("/" + path) : Before.Kind.OTHER;
        seen.put(path, kind);
        return kind;
    }

    private void add(CopyTar.Member member) {
        if (member.file().children().isEmpty()) {
            made.add(member);
            return;
        }
        switch (at(member.path())) {
            case DIRECTORY -> {
                made.add(alone(member));
                member.children().forEach(this::add);
            }
            case NOTHING -> {
                if (isPlain(member.file())) {
                    made.add(alone(member));
                    written.addAll(member.children());
                } else {
                    made.add(member);
                }
            }
            case OTHER -> made.add(member);
        }
    }

    private static CopyTar.Member alone(CopyTar.Member directory) {
        var empty = SourceFile.directory(directory.file().entry());
        return new CopyTar.Member(
                directory.path(), empty, directory.files(), directory.isChanged());
    }

    /** Whether all below can be in a layer as it is: what cannot is refused where it is made. */
    private static boolean isPlain(SourceFile directory) {
        return directory.children().entrySet().stream()
                .allMatch(child ->
                        !child.getKey().startsWith(".wh.") && isPlainFile(child.getValue()));
    }

    private static boolean isPlainFile(SourceFile file) {
        if (!file.entry().xattrs().isEmpty()) return false;
        return switch (file.entry().type()) {
            case FILE, SYMLINK -> true;
            case DIRECTORY -> isPlain(file);
            case HARD_LINK, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> false;
        };
    }
}
