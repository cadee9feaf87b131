package dev.rootbound.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How a log is kept: Docker's options of the drivers json-file and local, which differ in their
 * defaults only, for it is the engine's own affair how a log is stored.
 *
 * @param given as they were asked for
 * @param maxSize bytes at which a file of the log is full and a new one begins; 0: never
 * @param maxFiles how many files there are at most, the one that is written included
 */
public record LogOptions(Map<String, String> given, long maxSize, int maxFiles) {
    /** As json-file is without options. */
    public static final LogOptions NONE = new LogOptions(Map.of(), 0, 1);

    private static final long LOCAL_SIZE = 20 << 20;
    private static final int LOCAL_FILES = 5;

    private static final Set<String> ALWAYS = Set.of("mode", "max-buffer-size");
    private static final Set<String> LOCAL = Set.of("max-size", "max-file", "compress");
    private static final Set<String> JSON_FILE =
            Set.of("labels", "labels-regex", "env", "env-regex", "tag");
    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?(?:([kKmMgGtTpP])[iI]?)?[bB]?");

    public LogOptions {
        given = Map.copyOf(given);
        if (maxSize < 0 || maxFiles < 1) {
            throw new IllegalArgumentException("max-size " + maxSize + ", max-file " + maxFiles);
        }
    }

    /**
     * What a request asks for.
     *
     * @throws EngineException.Invalid naming the option
     */
    public static LogOptions of(ContainerSpec.LogDriver driver, Map<String, String> asked) {
        if (driver == ContainerSpec.LogDriver.NONE) {
            return new LogOptions(asked, 0, 1); // as Docker, which looks at none of them
        }
        boolean local = driver == ContainerSpec.LogDriver.LOCAL;
        for (var name : asked.keySet()) {
            if (!ALWAYS.contains(name)
                    && !LOCAL.contains(name)
                    && (local || !JSON_FILE.contains(name))) {
                throw new EngineException.Invalid(
                        "unknown log opt '"
                                + name
                                + "' for "
                                + (local ? "local" : "json-file")
                                + " log driver");
            }
        }
        mode(asked);
        long size = size(asked.get("max-size"), local);
        int files = files(asked.get("max-file"), local);
        compress(asked.get("compress"), size == 0 || files == 1);
        return new LogOptions(asked, size, files).checked();
    }

    private static void mode(Map<String, String> asked) {
        var mode = asked.getOrDefault("mode", "blocking");
        // nobody who reads a log holds its container back here, whichever it is
        if (!Set.of("", "blocking", "non-blocking").contains(mode)) {
            throw new EngineException.Invalid("logger: logging mode not supported: " + mode);
        }
        var buffer = asked.get("max-buffer-size");
        if (buffer != null) {
            if (!mode.equals("non-blocking")) {
                throw new EngineException.Invalid(
                        "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }
            long _ = bytes("max-buffer-size", buffer, 1024);
        }
    }

    private static long size(@Nullable String text, boolean local) {
        if (text == null) {
            return local ? LOCAL_SIZE : 0;
        }
        if (text.equals("-1")) {
            return 0;
        }
        long size = bytes("max-size", text, local ? 1024 : 1000); // Docker's drivers differ
        if (size <= 0) {
            throw new EngineException.Invalid("max-size must be a positive number: " + text);
        }
        return size;
    }

    private static long bytes(String option, String text, int unit) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new EngineException.Invalid(
                    option + ": invalid size: '" + text + "'; such as 10m, 512k or 1g");
        }
        var letter = size.group(2);
        int power =
                letter == null ? 0 : "kmgtp".indexOf(letter.toLowerCase(java.util.Locale.ROOT)) + 1;
        return (long) (Double.parseDouble(size.group(1)) * Math.pow(unit, power));
    }

    private static int files(@Nullable String text, boolean local) {
        if (text == null) {
            return local ? LOCAL_FILES : 1;
        }
        try {
            int files = Integer.parseInt(text);
            if (files >= 1) {
                return files;
            }
        } catch (NumberFormatException e) {
            throw new EngineException.Invalid("max-file: not a number: '" + text + "'", e);
        }
        throw new EngineException.Invalid("max-file cannot be less than 1: " + text);
    }

    private static void compress(@Nullable String text, boolean single) {
        if (text == null) {
            return;
        }
        if (!Set.of("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
                .contains(text)) {
            throw new EngineException.Invalid("compress: neither true nor false: '" + text + "'");
        }
        if (compresses(text) && single) {
            throw new EngineException.Invalid(
                    "compress cannot be true when max-file is less than 2 or max-size is not set");
        }
    }

    private static boolean compresses(@Nullable String text) {
        return text != null && Set.of("1", "t", "T", "true", "TRUE", "True").contains(text);
    }

    private LogOptions checked() {
        for (var option : List.of("labels-regex", "env-regex")) {
            try {
                var _ = Pattern.compile(given.getOrDefault(option, ""));
            } catch (PatternSyntaxException e) {
                throw new EngineException.Invalid(option + ": " + e.getDescription(), e);
            }
        }
        if (given.getOrDefault("tag", "").contains("{{")) {
            throw new EngineException.NotImplemented(
                    "tag: templates in the tag of a log are not built yet: " + given.get("tag"));
        }
        return this;
    }

    /** What is done differently from what was asked, a sentence each. */
    List<String> warnings() {
        return compresses(given.get("compress"))
                ? List.of(
                        "log option compress: this engine keeps the older files of a log as they are; max-size and max-file bound them all the same")
                : List.of();
    }

    /** What {@code logs --details} shows: the chosen labels, variables and the tag, sorted. */
    public Map<String, String> details(ContainerSpec spec) {
        var details = new TreeMap<String, String>();
        var env = new TreeMap<String, String>();
        for (var variable : spec.env()) {
            var parts = variable.split("=", 2);
            env.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        choose(details, spec.labels(), "labels");
        choose(details, env, "env");
        var tag = given.getOrDefault("tag", "");
        if (!tag.isEmpty()) {
            details.put("tag", tag);
        }
        return details;
    }

    private void choose(Map<String, String> details, Map<String, String> from, String option) {
        var names = new ArrayList<>(List.of(given.getOrDefault(option, "").split(",")));
        var regex = given.getOrDefault(option + "-regex", "");
        if (!regex.isEmpty()) {
            var pattern = Pattern.compile(regex);
            from.keySet().stream().filter(n -> pattern.matcher(n).find()).forEach(names::add);
        }
        for (var name : names) {
            var value = from.get(name);
            if (value != null) {
                details.put(name, value);
            }
        }
    }
}
