package dev.rootbound.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a file of the host says, parsed; it is read again only when it is another or has changed,
 * for it is asked at each connection. A file that is not there says nothing. Thread-safe.
 */
final class ParsedFile<T> {
    /** Turns a file's text into what it says. */
    interface Parser<T> {
        T parse(String text) throws IOException;
    }

    /** What was read, and of which state of the file. */
    private record Reading<T>(Map<String, Object> state, T said) {}

    private final Path path;
    private final Parser<T> parser;
    private volatile @Nullable Reading<T> last;

    ParsedFile(Path path, Parser<T> parser) {
        this.path = path;
        this.parser = parser;
    }

    T get() throws IOException {
        var state = state(); // before the text: what changes in between is read the next time
        var reading = last;
        if (reading == null || !reading.state.equals(state)) {
            reading = new Reading<>(state, parser.parse(text()));
            last = reading;
        }
        return reading.said;
    }

    private Map<String, Object> state() throws IOException {
        try {
            return Files.readAttributes(path, "unix:ino,size,ctime");
        } catch (NoSuchFileException e) {
            return Map.of();
        }
    }

    private String text() throws IOException {
        try {
            // any byte may stand in a comment of passwd(5)
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
