package dev.rootbound.rootfs;

import dev.rootbound.linux.Dir;
import java.util.List;
import java.util.stream.Collectors;

/** What an engine that died left in the directory of trees. */
final class Leftovers {
    private final List<String> names;
    private final List<String> leftovers;

    Leftovers(List<byte[]> names, LayerRecords.Found found) {
        this.names = names.stream().map(Bytes::text).toList();
        var known =
                found.records().stream().map(LayerRecord::directory).collect(Collectors.toSet());
        // A damaged record does not say which tree was its layer's, and a container may be running
        // on it.
        boolean sure = found.damaged().isEmpty();
        this.leftovers =
                this.names.stream()
                        .filter(name ->
                                name.startsWith(UnfinishedTree.PREFIX)
                                        || name.contains(Dir.REMOVED)
                                        || (sure
                                                && LayerRecord.isDirectory(name)
                                                && !known.contains(name)))
                        .toList();
    }

    /** To be removed. */
    List<String> names() {
        return leftovers;
    }

    /** The highest number in use; 0 if there is none. */
    long highest() {
        return names.stream()
                .map(name -> name.replace(UnfinishedTree.PREFIX, ""))
                .filter(LayerRecord::isDirectory)
                .mapToLong(name -> Long.parseLong(name, Character.MAX_RADIX))
                .max()
                .orElse(0);
    }
}
