package dev.rootbound.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A directory of one JSON file per object; a damaged one is set aside, with the reason. */
public final class StateFiles {
    private static final String SUFFIX = ".json";

    private final Path dir;
    private final Path damaged;

    /** Makes the directory if need be, closed to others. */
    public StateFiles(Path dir) throws IOException {
        this.dir = DurableFiles.directories(dir);
        this.damaged = DurableFiles.directories(dir.resolve("damaged"));
    }

    /** Takes what a file holds. */
    public interface Reader {
        /**
         * @throws IOException or IllegalArgumentException with the reason, if it is damaged
         */
        void read(String name, byte[] content) throws IOException;
    }

    /**
     * Reads every file, and deletes those that a crash cut off.
     *
     * @return what is set aside, a sentence each: now, or earlier and still there
     */
    public List<String> readAll(Reader reader) throws IOException {
        var problems = setAsideBefore();
        for (var file : list(dir)) {
            var name = file.getFileName().toString();
            if (DurableFiles.isUnfinished(file)) {
                Files.delete(file);
                continue;
            }
            try {
                reader.read(name.replace(SUFFIX, ""), Files.readAllBytes(file));
            } catch (IOException | IllegalArgumentException e) {
                problems.add(setAside(file, String.valueOf(e.getMessage())));
            }
        }
        return problems;
    }

    /** Until somebody takes it away, nothing that it may need is removed. */
    private List<String> setAsideBefore() throws IOException {
        var before = new ArrayList<String>();
        for (var file : list(damaged)) {
            if (file.toString().endsWith(SUFFIX)) before.add("set aside earlier as " + file);
        }
        return before;
    }

    private static List<Path> list(Path dir) throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private String setAside(Path file, String reason) throws IOException {
        var aside = damaged.resolve(file.getFileName());
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.write(
                damaged.resolve(file.getFileName() + ".reason"),
                (reason + "\n").getBytes(StandardCharsets.UTF_8));
        return "set aside as " + aside + ": " + reason;
    }

    /** Replaces an object's file, durably. */
    public void write(String name, byte[] content) throws IOException {
        DurableFiles.write(dir.resolve(name + SUFFIX), content);
    }

    /** Gone for good on return; unchanged if it is not there. */
    public void delete(String name) throws IOException {
        DurableFiles.delete(dir.resolve(name + SUFFIX));
    }
}
