package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogReaderTest {
    @TempDir Path temp;
    private long rotated;

    private Path log() {
        return temp.resolve("id.log");
    }

    private Path older(long number) {
        return temp.resolve("id.log." + number);
    }

    private void write(int line) throws IOException {
        write(log(), line);
    }

    private static void write(Path file, int line) throws IOException {
        var text = "2026-11-22T01:02:03.123456789+00:00 stdout F " + line + "\n";
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void rename() throws IOException {
        Files.move(log(), older(++rotated));
    }

    private void reopen() throws IOException {
        Files.createFile(log());
    }

    /** Lines 1 to {@code lines}, a file each three. */
    private void fill(int lines) throws IOException {
        for (int i = 1; i <= lines; i++) {
            write(i);
            if (i % 3 == 0) {
                rename();
                reopen();
            }
        }
    }

    private static List<Integer> rest(LogReader log) throws IOException {
        var lines = new ArrayList<Integer>();
        for (var entry = log.next(); entry.isPresent(); entry = log.next()) {
            lines.add(Integer.valueOf(new String(entry.get().bytes(), UTF_8).strip()));
        }
        return lines;
    }

    private static List<Integer> lines(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void allFilesAreReadOldestFirst() throws IOException {
        fill(40); // so many that 10 comes after 9 by number only
        try (var log = LogReader.open(log(), null)) {
            assertThat(rest(log)).isEqualTo(lines(1, 40));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 9, 10, 11, 100})
    void theTailGoesBackThroughTheFiles(int wanted) throws IOException {
        for (int all : new int[] {9, 10, 11}) {
            for (var file : List.of(log(), older(1), older(2), older(3))) {
                Files.deleteIfExists(file);
            }
            rotated = 0;
            fill(all);
            try (var log = LogReader.open(log(), null)) {
                log.tail(wanted);
                assertThat(rest(log)).isEqualTo(lines(Math.max(1, all - wanted + 1), all));
            }
        }
    }

    @Test
    void aFollowerReadsEachLineOnceWhateverIsRotatedMeanwhile() throws IOException {
        try (var log = LogReader.open(log(), null)) {
            assertThat(rest(log)).isEmpty(); // not there yet
            write(1);
            assertThat(rest(log)).isEqualTo(List.of(1));
            write(2);
            rename();
            assertThat(rest(log)).isEqualTo(List.of(2));
            write(older(1), 3); // by a monitor that has not reopened it yet
            assertThat(rest(log)).isEqualTo(List.of(3));
            reopen();
            write(4);
            rename();
            reopen();
            write(5);
            rename();
            assertThat(rest(log)).isEqualTo(List.of(4, 5));
            reopen();
            write(6);
            assertThat(rest(log)).isEqualTo(List.of(6));
        }
    }

    @Test
    void aFollowerWhoseFileWasDeletedGoesOnWithTheOldestThatThereIs() throws IOException {
        write(1);
        try (var log = LogReader.open(log(), null)) {
            assertThat(rest(log)).isEqualTo(List.of(1));
            rename();
            reopen();
            write(2);
            rename();
            reopen();
            write(3);
            Files.delete(older(1));
            assertThat(rest(log)).isEqualTo(List.of(2, 3));
        }
    }

    @Test
    void filesThatHoldNothingNewEnoughArePassedOver() throws IOException {
        fill(7);
        Files.setLastModifiedTime(older(1), FileTime.from(Instant.ofEpochSecond(1000)));
        try (var log = LogReader.open(log(), Instant.ofEpochSecond(2000))) {
            assertThat(rest(log)).isEqualTo(lines(4, 7));
        }
    }
}
