package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Stat;
import java.nio.file.Path;

/** Whose a container's files on disk are, and who can reach them; pure. */
final class FileChecks {
    private static final int OTHERS = 0077;

    private final Ledger ledger;

    FileChecks(Ledger ledger) {
        this.ledger = ledger;
    }

    void check(Tree tree) {
        for (var stranger : tree.strangers()) {
            ledger.add(Subject.FILES, false, "", stranger);
        }
        if (tree.strangers().isEmpty()) {
            ledger.add(
                    Subject.FILES,
                    true,
                    "",
                    (tree.whole() ? "all " : "the first ")
                            + tree.files()
                            + " files below "
                            + tree.path()
                            + " are owned by ids "
                            + IdRange.FOREIGN
                            + (tree.whole() ? "" : "; it has more, which were not looked at"));
        }
    }

    /** The directory of all containers' files. */
    void check(Path store, Stat stat) {
        boolean closed = (stat.mode() & OTHERS) == 0;
        boolean nobodys = stat.uid() == 0 || IdRange.FOREIGN.contains(stat.uid());
        ledger.add(
                Subject.STORE,
                closed && nobodys && stat.isDirectory(),
                "",
                "%s has mode %04o and is owned by %d:%d"
                        .formatted(store, stat.mode() & 07777, stat.uid(), stat.gid()));
    }
}
