package dev.rootbound.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code --filter name=value}, as the API's JSON. */
final class Filters {
    private Filters() {}

    /** Empty if there are none. */
    static String json(Arguments arguments) {
        return json(arguments, Map.of());
    }

    static String json(Arguments arguments, Map<String, String> more) {
        var values = new LinkedHashMap<String, List<String>>();
        for (String filter : arguments.all("filter")) {
            int equals = filter.indexOf('=');
            if (equals < 0)
                throw arguments.invalid(
                        "filter", filter, "invalid filter '" + filter + "': it is NAME=VALUE");
            String name = filter.substring(0, equals).strip().toLowerCase(java.util.Locale.ROOT);
            values.computeIfAbsent(name, _ -> new ArrayList<>())
                    .add(filter.substring(equals + 1).strip());
        }
        more.forEach(
                (name, value) -> values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
        if (values.isEmpty()) return "";
        var members = new Json.Members();
        values.forEach((name, list) -> {
            var set = new Json.Members();
            for (String value : list) set.with(value, new Json.Bool(true));
            members.with(name, set);
        });
        return JsonWriter.write(members);
    }
}
