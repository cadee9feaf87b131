package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.image.StepFiles;
import dev.rootbound.oci.ImageConfig;
import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.Platform;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The configuration of an image in the making (OCI image-spec config.md, with Docker's fields), as
 * instructions change it one after another. What it has of its base and does not know stays.
 */
final class ImageDraft {
    /** As runtimes set it where nothing does. */
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What is of the image that is built, not of its base. */
    private static final List<String> OWN =
            List.of(
                    "config",
                    "created",
                    "author",
                    "history",
                    "rootfs",
                    "container",
                    "container_config",
                    "docker_version",
                    "id",
                    "parent");

    /** Characters of the history, as {@link #OF_ENTRY} counts: no registry takes a larger one. */
    private static final int MOST_HISTORY = 4 << 20;

    /** Of an entry besides its text. */
    private static final int OF_ENTRY = 200;

    private static final String COMMENT = "rootbound.dockerfile.v0";

    private final ObjectNode document = JsonNodeFactory.instance.objectNode();
    private final ObjectNode config;
    private final ArrayNode history;
    private final Map<String, String> env = new LinkedHashMap<>();
    private final Map<String, String> labels = new TreeMap<>();
    private final TreeSet<String> ports = new TreeSet<>();
    private final TreeSet<String> volumes = new TreeSet<>();
    private final List<String> triggers = new ArrayList<>();
    private boolean hasCmd;
    private String author = "";
    private Instant created;
    private int said;

    private ImageDraft(ObjectNode config, ArrayNode history, Instant created) {
        this.config = config;
        this.history = history;
        this.created = created;
    }

    /** Of no files. */
    static ImageDraft scratch(Platform platform) {
        var nodes = JsonNodeFactory.instance;
        var draft = new ImageDraft(nodes.objectNode(), nodes.arrayNode(), Instant.EPOCH);
        draft.document.put("architecture", platform.architecture());
        draft.document.put("os", platform.os());
        if (!platform.variant().isEmpty()) draft.document.put("variant", platform.variant());
        draft.env.put("PATH", PATH);
        return draft;
    }

    /**
     * On an image.
     *
     * @param raw its configuration's text
     */
    static ImageDraft on(StepFiles base, String raw) throws MalformedException {
        var parsed = Json.parse(raw.getBytes(UTF_8), "configuration of the base image");
        var nodes = JsonNodeFactory.instance;
        var config =
                parsed.path("config") instanceof ObjectNode object
                        ? object.deepCopy()
                        : nodes.objectNode();
        var history =
                parsed.path("history") instanceof ArrayNode array
                        ? array.deepCopy()
                        : nodes.arrayNode();
        var draft = new ImageDraft(config, history, base.created());
        for (var field : parsed.properties()) {
            if (!OWN.contains(field.getKey())) draft.document.set(field.getKey(), field.getValue());
        }
        draft.author = parsed.path("author").asString("");
        draft.read(ImageConfig.parse(raw.getBytes(UTF_8)).config());
        return draft;
    }

    /** The draft of a stage that begins where another ended. */
    ImageDraft copy() {
        var copy =
                new ImageDraft(
                        config.deepCopy(),
                        JsonNodeFactory.instance.arrayNode().addAll(history),
                        created);
        copy.said = said;
        copy.document.setAll(document);
        copy.env.putAll(env);
        copy.labels.putAll(labels);
        copy.ports.addAll(ports);
        copy.volumes.addAll(volumes);
        copy.triggers.addAll(triggers);
        copy.author = author;
        return copy;
    }

    private void read(ImageConfig.Defaults base) {
        for (var variable : base.env()) {
            int equals = variable.indexOf('=');
            if (equals > 0) env.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        env.putIfAbsent("PATH", PATH);
        labels.putAll(base.labels());
        ports.addAll(base.exposedPorts());
        volumes.addAll(base.volumes());
        for (var trigger : config.path("OnBuild")) triggers.add(trigger.asString(""));
    }

    /** What the base wants done first in each image on it; they are done once. */
    List<String> takeTriggers() {
        var taken = List.copyOf(triggers);
        triggers.clear();
        return taken;
    }

    void trigger(String instruction) {
        triggers.add(instruction);
    }

    Map<String, String> env() {
        return Map.copyOf(env);
    }

    /** {@code NAME=value}, in the order in which they came. */
    List<String> variables() {
        return env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    void env(String name, String value) {
        env.put(name, value);
    }

    void label(String name, String value) {
        labels.put(name, value);
    }

    void expose(String port) {
        ports.add(port);
    }

    void volume(String path) {
        volumes.add(path);
    }

    String user() {
        return config.path("User").asString("");
    }

    void user(String user) {
        config.put("User", user);
    }

    /** Absolute. */
    String workingDir() {
        var set = config.path("WorkingDir").asString("");
        return set.isEmpty() ? "/" : set;
    }

    void workingDir(String path) {
        config.put("WorkingDir", path);
    }

    /** Of commands in their shell form. */
    List<String> shell() {
        var shell = new ArrayList<String>();
        for (var word : config.path("Shell")) shell.add(word.asString(""));
        return shell.isEmpty() ? List.of("/bin/sh", "-c") : shell;
    }

    void shell(List<String> words) {
        config.set("Shell", texts(words));
    }

    void cmd(List<String> words) {
        config.set("Cmd", texts(words));
        hasCmd = true;
    }

    /** The base's command is for the base's entrypoint. */
    void entrypoint(List<String> words) {
        config.set("Entrypoint", texts(words));
        if (!hasCmd) config.remove("Cmd");
    }

    void stopSignal(String signal) {
        config.put("StopSignal", signal);
    }

    /**
     * @param test {@code NONE}, {@code CMD} and words, or {@code CMD-SHELL} and a line
     * @param times nanoseconds by field, without those that are not given
     */
    void healthcheck(List<String> test, Map<String, Long> times, @Nullable Integer retries) {
        var check = config.putObject("Healthcheck");
        check.set("Test", texts(test));
        new TreeMap<>(times).forEach(check::put);
        if (retries != null) check.put("Retries", retries);
    }

    void author(String name) {
        author = name;
    }

    /** An instruction that changes no file. */
    void said(String createdBy) {
        history(createdBy).put("empty_layer", true);
    }

    /**
     * An instruction that has made files.
     *
     * @param layers that it has added; an instruction that changes nothing adds none
     */
    void made(String createdBy, Instant at, int layers) {
        created = at;
        var entry = history(createdBy);
        if (layers == 0) entry.put("empty_layer", true);
    }

    private ObjectNode history(String createdBy) {
        said += createdBy.length() + OF_ENTRY;
        if (said > MOST_HISTORY) {
            throw new IllegalArgumentException(
                    "the image's history has more than "
                            + MOST_HISTORY
                            + " characters: use fewer instructions or shorter values");
        }
        var entry = history.addObject();
        entry.put("created", time());
        entry.put("created_by", createdBy);
        if (!author.isEmpty()) entry.put("author", author);
        return entry.put("comment", COMMENT);
    }

    private String time() {
        return created.truncatedTo(ChronoUnit.MICROS).toString();
    }

    /**
     * The configuration's bytes; the same instructions on the same files make the same.
     *
     * @param at when it is said to be made; {@code null}: with its last layer
     */
    byte[] toJson(StepFiles files, @Nullable Instant at) {
        if (at != null) {
            created = at;
            for (var entry : history) {
                boolean own = entry.path("comment").asString("").equals(COMMENT);
                if (own && entry instanceof ObjectNode object) object.put("created", time());
            }
        }
        config.set("Env", texts(variables()));
        putUnlessEmpty("ExposedPorts", keys(ports));
        putUnlessEmpty("Volumes", keys(volumes));
        if (triggers.isEmpty()) config.remove("OnBuild");
        else config.set("OnBuild", texts(triggers));
        if (!labels.isEmpty()) {
            var object = config.putObject("Labels");
            labels.forEach(object::put);
        }
        if (!author.isEmpty()) document.put("author", author);
        document.set("config", config);
        document.put("created", time());
        document.set("history", history);
        var diffIds = files.image().diffIds().stream().map(String::valueOf).toList();
        document.putObject("rootfs").put("type", "layers").set("diff_ids", texts(diffIds));
        return Json.write(document);
    }

    private void putUnlessEmpty(String field, ObjectNode object) {
        if (!object.isEmpty()) config.set(field, object);
    }

    private static ObjectNode keys(Collection<String> names) {
        var object = JsonNodeFactory.instance.objectNode();
        names.forEach(object::putObject);
        return object;
    }

    private static JsonNode texts(Collection<String> texts) {
        var array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
