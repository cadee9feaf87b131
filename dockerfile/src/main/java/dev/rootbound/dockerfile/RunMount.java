package dev.rootbound.dockerfile;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A {@code --mount} of {@code RUN}. What is null was not said; defaults that depend on the kind of
 * mount are the builder's.
 *
 * @param from a stage, image or named context: the root of the source
 * @param source the path in it; of a secret, its id
 * @param isReadOnly by default, of all but caches and tmpfs
 * @param isRequired whether a secret or an agent that is not there is an error
 * @param size of a tmpfs, in bytes
 * @param environment the variable that a secret is put in
 */
public record RunMount(
        Type type,
        @Nullable String id,
        @Nullable String from,
        @Nullable String source,
        @Nullable String target,
        boolean isReadOnly,
        boolean isRequired,
        Sharing sharing,
        Owner owner,
        @Nullable Long size,
        @Nullable String environment) {
    /** What is mounted. */
    public enum Type {
        BIND,
        CACHE,
        TMPFS,
        SECRET,
        SSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What builds at the same time do with one cache. */
    public enum Sharing {
        SHARED,
        PRIVATE,
        LOCKED
    }

    /** Mode and owner of what is mounted. */
    public record Owner(@Nullable Integer mode, @Nullable Long uid, @Nullable Long gid) {}

    /** Names of keys, for who mistypes one. */
    static final List<String> KEYS =
            List.of(
                    "type",
                    "from",
                    "source",
                    "src",
                    "target",
                    "dst",
                    "destination",
                    "readonly",
                    "ro",
                    "readwrite",
                    "rw",
                    "id",
                    "sharing",
                    "required",
                    "size",
                    "mode",
                    "uid",
                    "gid",
                    "env");

    static RunMount parse(String text, char escape, Variables variables) throws ExpansionException {
        var parser = new RunMountParser();
        for (var field : Csv.fields(text)) {
            int equals = field.indexOf('=');
            var key = Names.lower(equals < 0 ? field : field.substring(0, equals));
            if (equals < 0) parser.set(key);
            else parser.set(key, Expansion.of(escape).text(field.substring(equals + 1), variables));
        }
        return parser.mount();
    }

    /** What {@code from} is before anything is expanded: it has no variables. */
    static @Nullable String from(String text) {
        String from = null;
        boolean tmpfs = false;
        for (var field : Csv.fields(text)) {
            int equals = field.indexOf('=');
            if (equals < 0) continue;
            var value = field.substring(equals + 1);
            switch (Names.lower(field.substring(0, equals))) {
                case "from" -> from = value;
                case "type" -> tmpfs = Names.lower(value).equals("tmpfs");
                default -> {}
            }
        }
        return tmpfs || from == null || from.isEmpty() ? null : from;
    }
}
