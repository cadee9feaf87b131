package dev.rootbound.dockerfile;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the names in a word stand for. */
@FunctionalInterface
public interface Variables {
    /** No name stands for anything. */
    Variables NONE = _ -> null;

    /** The value of a name; null when it has none, which is not the same as an empty one. */
    @Nullable String value(String name);

    /** The values of a map. */
    static Variables of(Map<String, String> values) {
        return values::get;
    }

    /** The same, but names that are asked for and have no value are added to a set. */
    default Variables recording(Set<String> undefined) {
        return name -> {
            var value = value(name);
            if (value == null) undefined.add(name);
            return value;
        };
    }
}
