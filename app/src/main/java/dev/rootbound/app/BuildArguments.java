package dev.rootbound.app;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a build's {@code ARG} instructions are given. */
final class BuildArguments {
    private static final String SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH";

    private final Map<String, @Nullable String> values;

    private BuildArguments(Map<String, @Nullable String> values) {
        this.values = values;
    }

    /**
     * {@code --build-arg}, where a name alone takes the environment's value; then, unless they are
     * given, proxies as the user has them for the engine and the environment's SOURCE_DATE_EPOCH.
     *
     * @param proxies by name
     */
    static BuildArguments of(
            Arguments arguments, Map<String, String> environment, Map<String, String> proxies) {
        var values = new LinkedHashMap<String, @Nullable String>();
        for (String argument : arguments.all("build-arg")) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            if (name.isEmpty())
                throw arguments.invalid("build-arg", argument, "a name is expected before =");
            values.put(name, equals < 0 ? environment.get(name) : argument.substring(equals + 1));
        }
        proxies.forEach(values::putIfAbsent);
        String epoch = environment.getOrDefault(SOURCE_DATE_EPOCH, "");
        if (!epoch.isEmpty()) values.putIfAbsent(SOURCE_DATE_EPOCH, epoch);
        return new BuildArguments(values);
    }

    /** Those that have a value. */
    Map<String, String> values() {
        var set = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            if (value != null) set.put(name, value);
        });
        return set;
    }

    /** As the API has them; empty if there are none. */
    String json() {
        if (values.isEmpty()) return "";
        var members = new Json.Members();
        values.forEach((name, value) ->
                members.with(name, value == null ? new Json.Null() : new Json.Text(value)));
        return JsonWriter.write(members);
    }
}
