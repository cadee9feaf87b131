package dev.rootbound.systemtests;

import dev.rootbound.systemtests.Ask.Thing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** One of each thing that a tenant can have, and all the names by which it can be asked for. */
final class Belongings {
    static final String IMAGE = "localhost:1/secret:1"; // where no registry answers
    static final String CONTAINER = "secret-web";
    static final String VOLUME = "secret-data";
    static final String NETWORK = "secret-net";
    static final String CONTENT = "secret";

    private static final String STOPPED = "secret-old";
    private static final String SPARE = "secret-spare"; // that no container has
    private static final String BRIDGE = "bridge"; // which every tenant has one of
    private static final String HEX = "[0-9a-f]+";
    private static final int SHORT = 12;

    private final EngineApi api;
    private final String tenant;
    private final String running;
    private final String stopped;
    private final String exec;
    private final String image;
    private final String network;
    private final String spareNetwork;
    private final String bridge;

    Belongings(Cli docker, EngineApi api, Path directory) {
        this.api = api;
        this.tenant = docker.name();
        docker.run("load", "-q", "-i", archive(directory).toString()).ok();
        docker.run("volume", "create", SPARE).ok();
        network = docker.run("network", "create", NETWORK).ok().out();
        spareNetwork = docker.run("network", "create", SPARE).ok().out();
        bridge = docker.run("network", "inspect", "-f", "{{.Id}}", BRIDGE).ok().out();
        var write = "echo " + CONTENT + " >/data/file; exec sleep 9999";
        docker.run(
                        "run",
                        "-d",
                        "--name",
                        CONTAINER,
                        "-h",
                        "secret-host",
                        "--label",
                        "of=secret",
                        "-v",
                        VOLUME + ":/data",
                        "--network",
                        NETWORK,
                        IMAGE,
                        "sh",
                        "-c",
                        write)
                .ok();
        docker.run("create", "--name", STOPPED, IMAGE, "true").ok();
        docker.run("exec", "-d", CONTAINER, "sleep", "9999").ok();
        running = docker.inspect(CONTAINER).get("Id").asString();
        stopped = docker.inspect(STOPPED).get("Id").asString();
        exec = docker.inspect(CONTAINER).at("/ExecIDs/0").asString();
        image = docker.inspectImage(IMAGE).get("Id").asString();
    }

    /** Of an image that nobody else has. */
    private static Path archive(Path directory) {
        var noise = new byte[1000];
        new Random().nextBytes(noise);
        var layer = TestImage.busybox().file("secret", Layer.Meta.mode(0644), noise);
        var config = "\"Cmd\":[\"sh\"],\"Labels\":{\"of\":\"secret\"}";
        return Archive.write(directory, IMAGE, config, layer);
    }

    private String uid() {
        return Shell.run("id", "-u", tenant).ok().out();
    }

    String fullId() {
        return running;
    }

    /** How each can be named, and beside it a name of the same form that nothing has. */
    Map<Thing, Map<String, String>> names() {
        var hex = image.replace("sha256:", "");
        return Map.of(
                Thing.NONE,
                Map.of("", ""),
                Thing.CONTAINER,
                withAbsent(
                        CONTAINER,
                        STOPPED,
                        running,
                        stopped,
                        running.substring(0, SHORT),
                        running.substring(0, 2 * SHORT),
                        tenant + "/" + CONTAINER,
                        uid() + "/" + STOPPED),
                Thing.EXEC,
                withAbsent(exec, exec.substring(0, SHORT)),
                Thing.IMAGE,
                withAbsent(
                        IMAGE, image, hex, hex.substring(0, SHORT), "localhost:1/secret@" + image),
                Thing.IMAGE_NAME,
                withAbsent(IMAGE, "localhost:1/secret@" + image),
                Thing.VOLUME,
                withAbsent(VOLUME, SPARE),
                Thing.NETWORK,
                withAbsent(
                        NETWORK,
                        SPARE,
                        network,
                        network.substring(0, SHORT),
                        spareNetwork,
                        bridge,
                        bridge.substring(0, SHORT)));
    }

    /** All but those by which host root can name what is another tenant's. */
    Map<Thing, Map<String, String>> namesThatRootDoesNotHave() {
        var names = new LinkedHashMap<>(names());
        names.put(
                Thing.CONTAINER,
                withAbsent(CONTAINER, STOPPED, running.substring(0, SHORT), running.substring(1)));
        names.put(Thing.EXEC, withAbsent(exec.substring(0, SHORT)));
        return names;
    }

    private static Map<String, String> withAbsent(String... names) {
        var all = new LinkedHashMap<String, String>();
        for (var name : names) all.put(name, absent(name));
        return all;
    }

    private static String absent(String name) {
        if (name.matches(HEX)) return new StringBuilder(name).reverse().toString();
        int at = name.indexOf("sha256:");
        if (at < 0) return name.replace("secret", "absent");
        var digest = at + "sha256:".length();
        return name.substring(0, digest).replace("secret", "absent")
                + absent(name.substring(digest));
    }

    /** What stands in no answer to anybody else. */
    List<String> marks() {
        return Stream.of(
                        running,
                        stopped,
                        exec,
                        image.replace("sha256:", ""),
                        network,
                        spareNetwork,
                        bridge)
                .map(id -> id.substring(0, SHORT))
                .collect(
                        () -> new ArrayList<>(List.of("secret-", "localhost:1/secret", "=secret")),
                        List::add,
                        List::addAll);
    }

    /** What their owner is told of them. */
    List<String> world() {
        return Stream.of(
                        "/containers/" + running + "/json",
                        "/containers/" + stopped + "/json",
                        "/exec/" + exec + "/json",
                        "/images/json",
                        "/volumes",
                        "/networks",
                        "/networks/" + network)
                .map(this::get)
                .toList();
    }

    /** What has happened to them since: what their owner is told. */
    String eventsSince(Instant begin) {
        long now = Instant.now().getEpochSecond();
        return get("/events?until=" + now + "&since=" + begin.toString());
    }

    private String get(String path) {
        try {
            return api.get(path).good().text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
