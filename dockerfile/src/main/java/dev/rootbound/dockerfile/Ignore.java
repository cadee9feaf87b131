package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@code .dockerignore} keeps out of the build context, by Docker's rules: what matches a
 * directory matches all below it, {@code !} makes exceptions, and the last pattern that matches
 * decides. A walk asks directory by directory ({@link #root}) and thereby looks at each name once.
 */
public final class Ignore {
    /** Nothing is kept out. */
    public static final Ignore NONE = new Ignore(List.of());

    private final List<IgnorePattern> patterns;

    /** Of all patterns: so much is looked at for each character of each name. */
    private static final int MOST_CHARACTERS = 128 << 10;

    private Ignore(List<IgnorePattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /**
     * Reads a {@code .dockerignore}.
     *
     * @param name what messages call it
     * @throws DockerfileException if a pattern is malformed
     */
    public static Ignore parse(String name, String text) throws DockerfileException {
        var file = new SourceFile(name, text);
        var patterns = new ArrayList<IgnorePattern>();
        int characters = 0;
        for (int i = 0; i < file.lines(); i++) {
            var line = file.line(i);
            if (line.startsWith("#")) continue;
            var pattern = Spaces.trim(line);
            if (pattern.isEmpty()) continue;
            characters += pattern.length();
            try {
                refuseTooLong(characters);
                patterns.add(IgnorePattern.of(pattern));
            } catch (IllegalArgumentException e) {
                var at = new Location(i + 1, line.indexOf(pattern) + 1, i + 1);
                throw file.error(at, pattern.length(), String.valueOf(e.getMessage()));
            }
        }
        return new Ignore(patterns);
    }

    /**
     * The same of patterns that are not in a file, such as those of {@code --exclude}.
     *
     * @throws IllegalArgumentException if a pattern is malformed
     */
    public static Ignore of(List<String> patterns) {
        refuseTooLong(patterns.stream().mapToLong(String::length).sum());
        return new Ignore(
                patterns.stream()
                        .map(Spaces::trim)
                        .filter(pattern -> !pattern.isEmpty())
                        .map(IgnorePattern::of)
                        .toList());
    }

    private static void refuseTooLong(long characters) {
        if (characters <= MOST_CHARACTERS) return;
        throw new IllegalArgumentException(
                "these patterns have more than "
                        + MOST_CHARACTERS
                        + " characters; say the same with fewer, or list what is wanted as"
                        + " exceptions (!) from *");
    }

    /** Whether a path, relative to the context and with {@code /}, is kept out. */
    public boolean excludes(String path) {
        var match = root();
        for (var name : path.split("/", -1))
            if (!name.isEmpty() && !name.equals(".")) match = match.below(name);
        return match.isExcluded();
    }

    /** Whether there are exceptions at all. */
    public boolean hasExceptions() {
        return patterns.stream().anyMatch(IgnorePattern::isException);
    }

    /** Whether each path of the context is kept out: {@code *}, {@code **} and the like. */
    boolean excludesAll() {
        return patterns.stream().anyMatch(IgnorePattern::isAll);
    }

    /** The context's own directory, which is never kept out. */
    public Match root() {
        var states = new ArrayList<long[]>();
        for (var pattern : patterns) states.add(pattern.start());
        return new Match(states, new boolean[patterns.size()], false, true);
    }

    /** What the patterns say of one path, from which that of the paths below follows. */
    public final class Match {
        private final List<long[]> states;
        private final boolean[] matched;
        private final boolean excluded;
        private final boolean root;

        private Match(List<long[]> states, boolean[] matched, boolean excluded, boolean root) {
            this.states = states;
            this.matched = matched;
            this.excluded = excluded;
            this.root = root;
        }

        /** Whether this path is kept out. */
        public boolean isExcluded() {
            return excluded;
        }

        /**
         * Whether something below may be in the context although this path is not: whether a
         * directory that is kept out must be walked.
         */
        public boolean mayIncludeBelow() {
            if (!excluded) return true;
            for (int i = 0; i < patterns.size(); i++) {
                var pattern = patterns.get(i);
                if (!pattern.isException() || matched[i]) continue;
                if (pattern.isAlive(pattern.step(states.get(i), "/"))) return true;
            }
            return false;
        }

        /** The match of a name in this directory. */
        public Match below(String name) {
            var step = root ? name : "/" + name;
            var next = new ArrayList<long[]>(patterns.size());
            var now = new boolean[matched.length];
            boolean out = false;
            for (int i = 0; i < matched.length; i++) {
                var pattern = patterns.get(i);
                var state = pattern.step(states.get(i), step);
                next.add(state);
                // who could change nothing is not asked, and then counts for nothing below either
                boolean asked = pattern.isException() == out;
                now[i] = matched[i] || (asked && pattern.isMatch(state));
                if (now[i]) out = !pattern.isException();
            }
            return new Match(next, now, out, false);
        }
    }
}
