package dev.rootbound.image;

import dev.rootbound.oci.Fields;
import dev.rootbound.oci.ImageConfig.Defaults;
import dev.rootbound.oci.ImageConfig.Healthcheck;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configuration made by Dockerfile instructions, as {@code import --change} and {@code commit
 * --change} take them.
 */
final class ConfigChanges {
    private static final Pattern PORT =
            Pattern.compile("(\\d{1,5}(?:-\\d{1,5})?)(?:/(tcp|udp|sctp))?");

    private final Map<String, Object> config = new TreeMap<>();
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Map<String, String> labels = new TreeMap<>();
    private final Map<String, Map<String, String>> ports = new TreeMap<>();
    private final Map<String, Map<String, String>> volumes = new TreeMap<>();
    private final List<String> triggers = new ArrayList<>();
    private @Nullable Healthcheck health;
    private boolean cmdChanged;

    /** Nothing yet. */
    ConfigChanges() {}

    /** What a request says outright: changes come on top. */
    ConfigChanges(Defaults asked) {
        putUnlessEmpty("User", asked.user());
        putUnlessEmpty("WorkingDir", asked.workingDir());
        putUnlessEmpty("StopSignal", asked.stopSignal());
        putUnlessEmpty("Entrypoint", asked.entrypoint());
        putUnlessEmpty("Cmd", asked.cmd());
        putUnlessEmpty("Shell", asked.shell());
        asked.env().forEach(this::variable);
        labels.putAll(asked.labels());
        asked.exposedPorts().forEach(port -> ports.put(port, Map.of()));
        asked.volumes().forEach(path -> volumes.put(path, Map.of()));
        health = asked.healthcheck();
    }

    private void putUnlessEmpty(String field, String text) {
        if (!text.isEmpty()) config.put(field, text);
    }

    private void putUnlessEmpty(String field, List<String> texts) {
        if (!texts.isEmpty()) config.put(field, texts);
    }

    /** Unless a variable of that name is there. */
    private void variable(String text) {
        int equals = text.indexOf('=');
        var name = equals < 0 ? text : text.substring(0, equals);
        env.putIfAbsent(name, equals < 0 ? "" : text.substring(equals + 1));
    }

    /** Takes what is left open from a container's configuration, as Docker's commit merges them. */
    void fill(Defaults container) {
        if (!config.containsKey("User")) putUnlessEmpty("User", container.user());
        container.exposedPorts().forEach(port -> ports.put(port, Map.of()));
        container.env().forEach(this::variable);
        container.labels().forEach(labels::putIfAbsent);
        fillCommand(container);
        health = HealthcheckChange.over(health, container.healthcheck());
        if (!config.containsKey("WorkingDir")) {
            putUnlessEmpty("WorkingDir", container.workingDir());
        }
        container.volumes().forEach(path -> volumes.put(path, Map.of()));
        if (!config.containsKey("StopSignal")) {
            putUnlessEmpty("StopSignal", container.stopSignal());
        }
    }

    /** The command goes with the entrypoint; an entrypoint changed to {@code []} is none. */
    private void fillCommand(Defaults container) {
        if (!isEmpty("Entrypoint")) return;
        if (isEmpty("Cmd")) putUnlessEmpty("Cmd", container.cmd());
        if (!config.containsKey("Entrypoint")) {
            putUnlessEmpty("Entrypoint", container.entrypoint());
        }
    }

    private boolean isEmpty(String field) {
        return config.getOrDefault(field, List.of()).equals(List.of());
    }

    /**
     * @throws IllegalArgumentException with the instruction's text
     */
    void apply(String change) {
        var text = change.strip();
        int blank = indexOfBlank(text);
        var instruction = text.substring(0, blank).toUpperCase(Locale.ROOT);
        var argument = text.substring(blank).strip();
        if (argument.isEmpty()) throw bad(change, instruction + " requires at least one argument");
        try {
            apply(instruction, argument);
        } catch (IllegalArgumentException e) {
            throw bad(change, String.valueOf(e.getMessage()));
        }
    }

    private static int indexOfBlank(String text) {
        int at = 0;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) at++;
        return at;
    }

    private static IllegalArgumentException bad(String change, String why) {
        return new IllegalArgumentException("change '" + change + "': " + why);
    }

    private void apply(String instruction, String argument) {
        switch (instruction) {
            case "CMD" -> {
                config.put("Cmd", command(argument));
                cmdChanged = true;
            }
            case "ENTRYPOINT" -> {
                config.put("Entrypoint", command(argument));
                if (!cmdChanged) config.remove("Cmd");
            }
            case "ENV" -> env.putAll(Words.pairs(argument));
            case "LABEL" -> labels.putAll(Words.pairs(argument));
            case "EXPOSE" -> Words.split(argument).forEach(this::expose);
            case "VOLUME" -> paths(argument).forEach(path -> volumes.put(path, Map.of()));
            case "USER" -> config.put("User", single(argument));
            case "STOPSIGNAL" -> config.put("StopSignal", single(argument));
            case "WORKDIR" -> config.put("WorkingDir", workingDir(argument));
            case "ONBUILD" -> triggers.add(argument);
            case "HEALTHCHECK" -> health = HealthcheckChange.parse(argument);
            default -> throw new IllegalArgumentException(instruction + " is not a valid change");
        }
    }

    private static List<String> command(String argument) {
        var list = jsonList(argument);
        return list.isEmpty() && !argument.startsWith("[")
                ? List.of("/bin/sh", "-c", argument)
                : list;
    }

    private static List<String> paths(String argument) {
        return argument.startsWith("[") ? jsonList(argument) : Words.split(argument);
    }

    /** Empty if it is not the JSON form. */
    static List<String> jsonList(String argument) {
        if (!argument.startsWith("[")) return List.of();
        try {
            var document = "{\"arguments\":" + argument + "}";
            Fields fields = Json.object(document.getBytes(StandardCharsets.UTF_8), "arguments");
            return fields.texts("arguments");
        } catch (MalformedException e) {
            throw new IllegalArgumentException("not a JSON list of texts", e);
        }
    }

    private void expose(String port) {
        var matcher = PORT.matcher(port);
        if (!matcher.matches()) throw new IllegalArgumentException("invalid port: " + port);
        var protocol = matcher.group(2) == null ? "tcp" : matcher.group(2);
        var range = matcher.group(1).split("-", 2);
        int first = Integer.parseInt(range[0]);
        int last = Integer.parseInt(range[range.length - 1]);
        if (first < 1 || last > 65_535 || first > last) {
            throw new IllegalArgumentException("invalid port: " + port);
        }
        for (int number = first; number <= last; number++) {
            ports.put(number + "/" + protocol, Map.of());
        }
    }

    private static String single(String argument) {
        var words = Words.split(argument);
        if (words.size() != 1) throw new IllegalArgumentException("takes one argument");
        return words.getFirst();
    }

    private String workingDir(String argument) {
        if (argument.startsWith("/")) return argument;
        var before = config.get("WorkingDir");
        return (before == null ? "" : before.toString().replaceFirst("/$", "")) + "/" + argument;
    }

    /** For the field {@code config} of an image's configuration. */
    Map<String, Object> toJson() {
        var document = new TreeMap<>(config);
        if (!env.isEmpty()) {
            document.put(
                    "Env",
                    env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
        }
        if (!labels.isEmpty()) document.put("Labels", labels);
        if (!ports.isEmpty()) document.put("ExposedPorts", ports);
        if (!volumes.isEmpty()) document.put("Volumes", volumes);
        if (!triggers.isEmpty()) document.put("OnBuild", triggers);
        if (health != null) document.put("Healthcheck", HealthcheckChange.toJson(health));
        return document;
    }
}
