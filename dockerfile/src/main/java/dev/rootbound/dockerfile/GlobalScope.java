package dev.rootbound.dockerfile;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that {@code FROM} sees: the {@code ARG}s before the first stage and what platforms
 * predefine. In a stage they count only where an {@code ARG} of their name is ({@link #stage}).
 */
public final class GlobalScope implements Variables {
    private static final List<String> PROXIES =
            List.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

    private final Map<String, String> given;
    private final Map<String, String> values;
    private final Set<String> declared;

    private GlobalScope(
            Map<String, String> given, Map<String, String> values, Set<String> declared) {
        this.given = given;
        this.values = values;
        this.declared = declared;
    }

    /**
     * Evaluates the global {@code ARG}s.
     *
     * @param given what the build is given ({@code --build-arg})
     * @param predefined see {@link #platforms}
     * @throws DockerfileException if a default cannot be expanded
     */
    public static GlobalScope of(
            Dockerfile file, Map<String, String> given, Map<String, String> predefined)
            throws DockerfileException {
        var values = new LinkedHashMap<String, String>();
        predefined.forEach((name, value) -> values.put(name, given.getOrDefault(name, value)));
        var declared = new LinkedHashSet<String>(values.keySet());
        for (var arg : file.arguments()) {
            for (var argument : arg.arguments()) {
                declared.add(argument.name());
                var value = given.get(argument.name());
                if (value == null)
                    value =
                            new Words(arg.source(), Variables.of(values))
                                    .expandIfSet(argument.defaultValue());
                if (value != null) values.put(argument.name(), value);
            }
        }
        return new GlobalScope(Map.copyOf(given), values, declared);
    }

    /**
     * What platforms predefine: {@code BUILDPLATFORM}, {@code TARGETARCH} and so on.
     *
     * @param build where the build runs, such as {@code linux/amd64}
     * @param target what is built for, such as {@code linux/arm64/v8}
     * @param stage the target stage, "default" if none is named
     */
    public static Map<String, String> platforms(String build, String target, String stage) {
        var values = new LinkedHashMap<String, String>();
        addPlatform(values, "BUILD", build);
        addPlatform(values, "TARGET", target);
        values.put("TARGETSTAGE", stage);
        return Collections.unmodifiableMap(values);
    }

    private static void addPlatform(Map<String, String> values, String prefix, String platform) {
        var parts = platform.split("/", -1);
        values.put(prefix + "PLATFORM", platform);
        values.put(prefix + "OS", parts[0]);
        values.put(prefix + "OSVERSION", "");
        values.put(prefix + "ARCH", parts.length > 1 ? parts[1] : "");
        values.put(prefix + "VARIANT", parts.length > 2 ? parts[2] : "");
    }

    @Override
    public @Nullable String value(String name) {
        return values.get(name);
    }

    /** All names that FROM may use, also those without a value. */
    public Set<String> names() {
        return Collections.unmodifiableSet(declared);
    }

    /** What the build is given for a name; null when nothing. */
    @Nullable String given(String name) {
        return given.get(name);
    }

    /**
     * The proxies that the build is given, in both cases of their names. Every {@code RUN} has them
     * without an {@code ARG}, below its other variables, and they are in no history.
     */
    public Map<String, String> proxies() {
        var proxies = new HashMap<String, String>();
        given.forEach((name, value) -> {
            var lower = Names.lower(name);
            if (!PROXIES.contains(lower)) return;
            proxies.put(lower, value);
            proxies.put(Names.upper(name), value);
        });
        return proxies;
    }

    /** What a stage sees at its begin. */
    public StageScope stage(Map<String, String> imageEnvironment) {
        return StageScope.of(this, imageEnvironment);
    }
}
