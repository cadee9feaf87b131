package dev.rootbound.systemtests;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the engine under test: the stock docker CLI, or {@code ./rootbound}. */
record Cli(String name, List<String> prefix) {
    private static final AtomicInteger CONTAINERS = new AtomicInteger();
    private static final byte[] NOTHING = {};

    /** How the names of the tests' containers begin. */
    static final String PREFIX = "rbt-";

    /** A container name that nobody has. */
    static String fresh() {
        return PREFIX + ProcessHandle.current().pid() + "-" + CONTAINERS.incrementAndGet();
    }

    Result run(String... args) {
        return input(NOTHING, args);
    }

    Result input(byte[] stdin, String... args) {
        return Shell.run(60, Map.of(), stdin, line(args));
    }

    List<String> line(String... args) {
        var line = new ArrayList<>(prefix);
        line.addAll(Arrays.asList(args));
        return line;
    }

    /** What a container of the image prints. */
    String prints(TestImage image, String... command) {
        var args = new ArrayList<>(List.of("run", "--rm", image.tag()));
        args.addAll(Arrays.asList(command));
        return run(args.toArray(String[]::new)).ok().out();
    }

    /** Starts a container that lasts; returns its name. */
    String detached(String... args) {
        var name = fresh();
        var line = new ArrayList<>(List.of("run", "-d", "--name", name));
        line.addAll(Arrays.asList(args));
        run(line.toArray(String[]::new)).ok();
        return name;
    }

    JsonNode inspect(String container) {
        return new JsonMapper().readTree(run("inspect", container).ok().stdout()).get(0);
    }

    JsonNode inspectImage(String image) {
        return new JsonMapper().readTree(run("image", "inspect", image).ok().stdout()).get(0);
    }

    long pid(String container) {
        return inspect(container).at("/State/Pid").asLong();
    }

    @Override
    public String toString() {
        return name;
    }
}
