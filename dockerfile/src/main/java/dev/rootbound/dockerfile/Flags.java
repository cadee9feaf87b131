package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of one instruction, which are known, have a value if they need one, and come once. */
final class Flags {
    /** What a flag takes. */
    enum Kind {
        /** Nothing, or {@code true} or {@code false}. */
        SWITCH,
        VALUE,
        /** A value each time; it may be there several times. */
        VALUES
    }

    private final Map<String, List<Parts.Flag>> given = new HashMap<>();

    private Flags() {}

    static Flags of(Source source, Parts parts, Map<String, Kind> known)
            throws DockerfileException {
        var flags = new Flags();
        for (var flag : parts.flags()) {
            var kind = known.get(flag.name());
            if (kind == null) throw unknown(source, parts, flag, known);
            var same = flags.given.computeIfAbsent(flag.name(), _ -> new ArrayList<>());
            if (!same.isEmpty() && kind != Kind.VALUES)
                throw source.error(flag.word(), "--" + flag.name() + " is given twice");
            same.add(flag);
            check(source, flag, kind);
        }
        return flags;
    }

    private static DockerfileException unknown(
            Source source, Parts parts, Parts.Flag flag, Map<String, Kind> known) {
        var meant = Names.nearest(flag.name(), known.keySet());
        var name = Names.upper(parts.keyword().text());
        return source.error(
                flag.word(),
                "unknown flag of "
                        + name
                        + ": --"
                        + flag.name()
                        + (meant == null ? "" : " (did you mean --" + meant + "?)"));
    }

    private static void check(Source source, Parts.Flag flag, Kind kind)
            throws DockerfileException {
        var value = flag.value();
        if (kind != Kind.SWITCH) {
            if (value == null)
                throw source.error(
                        flag.word(), "--" + flag.name() + " needs a value: --name=value");
            return;
        }
        if (value != null && !isTrue(value) && !Names.lower(value).equals("false"))
            throw source.error(
                    flag.word(), "--" + flag.name() + " is true or false, not: " + value);
    }

    private static boolean isTrue(String value) {
        return Names.lower(value).equals("true");
    }

    /** The flag itself, to say where it is; null when it is not given. */
    Parts.@Nullable Flag flag(String name) {
        var flags = given.get(name);
        return flags == null ? null : flags.getFirst();
    }

    /** Null when the flag is not given, or is empty. */
    @Nullable String value(String name) {
        var flag = flag(name);
        return flag == null || flag.value() == null || flag.value().isEmpty() ? null : flag.value();
    }

    List<Parts.Flag> all(String name) {
        return given.getOrDefault(name, List.of());
    }

    List<String> values(String name) {
        return all(name).stream().map(flag -> flag.value() == null ? "" : flag.value()).toList();
    }

    boolean isOn(String name) {
        var flag = flag(name);
        return flag != null && (flag.value() == null || isTrue(flag.value()));
    }

    /** Null when the flag is not given. */
    @Nullable Boolean choice(String name) {
        return flag(name) == null ? null : isOn(name);
    }
}
