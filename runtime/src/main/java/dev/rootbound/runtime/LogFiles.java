package dev.rootbound.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The files of a log: the one that the monitor writes, and the older ones beside it, whose names
 * end with a number that grows with each rotation ({@code ID.log.7}). A file that has a number
 * keeps it, so that a reader is never misled.
 */
record LogFiles(Path log) {
    /**
     * Which files there are at one moment.
     *
     * @param numbers of the older ones, oldest first
     * @param current whether there is one that the monitor writes: not between a rename and the
     *     monitor's reopening
     */
    record Names(List<Long> numbers, boolean current) {}

    Names names() throws IOException {
        var name = log.getFileName() + ".";
        try (Stream<Path> all = Files.list(Objects.requireNonNull(log.getParent()))) {
            var files = all.map(file -> String.valueOf(file.getFileName())).toList();
            var numbers =
                    files.stream()
                            .filter(file -> file.startsWith(name))
                            .map(file -> file.substring(name.length()))
                            .filter(end -> end.matches("[0-9]{1,18}"))
                            .map(Long::valueOf)
                            .sorted()
                            .toList();
            return new Names(numbers, files.contains(String.valueOf(log.getFileName())));
        } catch (UncheckedIOException e) { // while it lists
            throw e.getCause();
        } catch (NoSuchFileException e) {
            return new Names(List.of(), false); // the container is gone
        }
    }

    Path rotated(long number) {
        return log.resolveSibling(log.getFileName() + "." + number);
    }

    /** What the monitor makes when it reopens its log, before it renames that to the log. */
    Path unfinished() {
        return log.resolveSibling(log.getFileName() + ".tmp");
    }

    /** The file's own identity, whatever its name; empty if it is not there. */
    static OptionalLong inode(Path file) throws IOException {
        try {
            return OptionalLong.of((Long) Files.getAttribute(file, "unix:ino"));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }
}
