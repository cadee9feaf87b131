package dev.rootbound.app;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files of {@code NAME=value} lines, as {@code --env-file} and {@code --label-file} read them. */
final class KeyValueFile {
    private KeyValueFile() {}

    /** A bare name takes its value from the environment, and is left out if it has none there. */
    static List<String> environment(Path file, Map<String, String> environment) {
        return read(file, environment);
    }

    /** A bare name is a label without a value. */
    static List<String> labels(Path file) {
        return read(file, null);
    }

    static void put(Map<String, String> map, String pair) {
        int equals = pair.indexOf('=');
        if (equals < 0) map.put(pair, "");
        else map.put(pair.substring(0, equals), pair.substring(equals + 1));
    }

    private static List<String> read(Path file, @Nullable Map<String, String> environment) {
        var pairs = new ArrayList<String>();
        int number = 0;
        for (String raw : lines(file)) {
            String line =
                    (number++ == 0 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw)
                            .stripLeading();
            if (line.isEmpty() || line.startsWith("#")) continue;
            int equals = line.indexOf('=');
            String name = equals < 0 ? line : line.substring(0, equals);
            if (name.isEmpty())
                throw invalid(file, number, "no variable name on line '" + line + "'");
            if (name.chars().anyMatch(c -> c == ' ' || c == '\t'))
                throw invalid(file, number, "variable '" + name + "' contains whitespaces");
            if (equals >= 0 || environment == null) pairs.add(line);
            else if (environment.containsKey(name)) pairs.add(name + "=" + environment.get(name));
        }
        return pairs;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new CliException(125, "open " + file + ": no such file or directory");
        } catch (MalformedInputException e) {
            throw new CliException(125, "read " + file + ": it is not UTF-8 text");
        } catch (IOException e) {
            throw new CliException(125, "read " + file + ": " + e);
        }
    }

    private static CliException invalid(Path file, int line, String why) {
        return new CliException(125, "invalid file " + file + ", line " + line + ": " + why);
    }
}
