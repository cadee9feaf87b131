package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At every named step the engine fails, and dies: nothing is left over, nothing durable is lost,
 * and what was asked can be asked again.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailpointTest {
    private static final Pattern REACH = Pattern.compile("Failpoint\\.reach\\(\"([^\"]+)\"\\)");
    private static final String LONG = "\"sleep\",\"1000\"";
    private static final int LINES = 400;
    private static final String MANY_LINES =
            "\"sh\",\"-c\",\"i=0; while [ $i -lt "
                    + LINES
                    + " ]; do echo line $i; i=$((i+1)); usleep 3000; done\"";

    private final Path directory = Daemon.directory();
    private final Path root = directory.resolve("root");
    private final Set<String> known = new HashSet<>();
    private @Nullable Daemon started;
    private String kept = "";
    private long survivor;

    /** Each as the sources name it, to fail and to die. */
    static List<String> failpoints() throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.walk(Path.of(Shell.CHECKOUT + ""))) {
            for (var file :
                    files.filter(f -> f.toString().matches(".*/src/main/.*\\.java")).toList())
                REACH.matcher(Files.readString(file)).results().forEach(m -> names.add(m.group(1)));
        }
        assertThat(names).hasSizeGreaterThan(30);
        return names.stream().flatMap(n -> Stream.of(n + ":error", n + ":kill")).toList();
    }

    @BeforeAll
    void start() throws Exception {
        Shell.run(
                900,
                java.util.Map.of(),
                new byte[0],
                List.of(Shell.CHECKOUT + "/rootbound", "--help"));
        started = Daemon.withFailpoints(directory, root);
        load(TestImage.BUSYBOX);
        kept = create("kept", "\"sh\",\"-c\",\"echo kept; exit 7\"", "");
        api().post("/containers/kept-fp/start", "").good();
        api().post("/containers/kept-fp/wait", "").good();
        create("survivor", LONG, "");
        api().post("/containers/survivor-fp/start", "").good();
        survivor = state("survivor").get("Pid").asLong();
    }

    /** Of a case that failed. */
    @AfterEach
    void tidy() throws IOException {
        daemon().disarm();
        if (!daemon().isAlive()) started = Daemon.withFailpoints(directory, root);
        if (exists("x")) remove();
        api().delete("/images/" + TestImage.DISTROLESS.tag() + "?force=1");
    }

    @AfterAll
    void stop() {
        if (!daemon().isAlive()) started = Daemon.withFailpoints(directory, root);
        daemon().close();
    }

    private Daemon daemon() {
        return java.util.Objects.requireNonNull(started);
    }

    private EngineApi api() {
        return daemon().api();
    }

    /** An operation, whatever becomes of it. */
    private interface Operation {
        void run() throws Exception;
    }

    @ParameterizedTest
    @MethodSource("failpoints")
    void nothingIsLeftOrLost(String failpoint) throws Exception {
        switch (failpoint.substring(0, failpoint.indexOf('.'))) {
            case "attack" -> attacking(failpoint);
            case "create", "state" -> creating(failpoint);
            case "volume" -> withVolume(failpoint);
            case "network" -> onNetwork(failpoint);
            case "start" -> starting(failpoint);
            case "end" -> ending(failpoint);
            case "autoremove" -> endingForGood(failpoint);
            case "stop", "kill" -> stopping(failpoint);
            case "delete" -> deleting(failpoint);
            case "exec" -> executing(failpoint);
            case "load" -> loading(failpoint);
            case "rmi" -> removingAnImage(failpoint);
            case "log" -> rotating(failpoint);
            case "commit" -> committing(failpoint);
            case "build" -> building(failpoint);
            default -> throw new AssertionError("no operation here reaches " + failpoint);
        }
        invariants();
    }

    private void attacking(String failpoint) throws Exception {
        strike(failpoint, () -> api().post("/rootbound/containers/survivor-fp/attack", "").good());
        await("the removal", () -> twins().isEmpty());
        assertThat(Path.of("/tmp").toFile().list((_, name) -> name.startsWith("rootbound-attack-")))
                .isEmpty();
        assertThat(root.resolve("attack/runs").toFile().list()).isEmpty();
        await("the end", () -> !String.join(" ", daemon().processes()).contains("attack/agent"));
        var attacked = api().post("/rootbound/containers/survivor-fp/attack", "").good().json();
        assertThat(attacked.get("Holds").asBoolean()).as(attacked.toString()).isTrue();
    }

    private List<String> twins() {
        try {
            var all = api().get("/containers/json?all=1").good().json().findValues("Names");
            return all.stream()
                    .map(names -> names.get(0).asString())
                    .filter(name -> name.startsWith("/rootbound-attack-"))
                    .toList();
        } catch (IOException e) {
            return List.of("not told");
        }
    }

    private void creating(String failpoint) throws Exception {
        strike(failpoint, () -> create("x", LONG, ""));
        if (!exists("x")) create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        remove();
    }

    private void withVolume(String failpoint) throws Exception {
        strike(
                failpoint,
                () -> {
                    create("x", LONG, "");
                    remove();
                });
        if (exists("x")) remove();
        create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        remove();
    }

    /** On a network that is made for it, with a port of the host. */
    private void onNetwork(String failpoint) throws Exception {
        strike(failpoint, this::runOnNetwork);
        if (exists("x")) remove();
        if (api().get("/networks/fp").status() == 200) api().delete("/networks/fp").good();
        runOnNetwork();
    }

    private void runOnNetwork() throws IOException {
        api().post("/networks/create", "{\"Name\":\"fp\"}").good();
        create("x", LONG, "\"NetworkMode\":\"fp\",\"PortBindings\":{\"80/tcp\":[{}]}");
        api().post("/containers/x-fp/start", "").good();
        remove();
        api().delete("/networks/fp").good();
    }

    private void starting(String failpoint) throws Exception {
        create("x", LONG, "");
        strike(failpoint, () -> api().post("/containers/x-fp/start", ""));
        assertThat(api().post("/containers/x-fp/start", "").status()).isIn(204, 304);
        assertThat(state("x").get("Running").asBoolean()).isTrue();
        remove();
    }

    private void ending(String failpoint) throws Exception {
        create("x", "\"sh\",\"-c\",\"echo said; usleep 300000; exit 5\"", "");
        strike(
                failpoint,
                () -> {
                    api().post("/containers/x-fp/start", "").good();
                    api().post("/containers/x-fp/wait", "");
                });
        await("the end", () -> !running("x"));
        assertThat(state("x").get("ExitCode").asInt()).isEqualTo(5);
        assertThat(log("x")).isEqualTo("said\n");
        restart(); // what memory says the disk must know
        assertThat(state("x").get("ExitCode").asInt()).isEqualTo(5);
        api().post("/containers/x-fp/start", "").good();
        remove();
    }

    private void endingForGood(String failpoint) throws Exception {
        create("x", "\"true\"", "\"AutoRemove\":true");
        strike(failpoint, () -> api().post("/containers/x-fp/start", "").good());
        if (failpoint.endsWith(":error")) restart(); // what could not be removed is removed now
        await("the removal", () -> !stillThere("x"));
    }

    private boolean stillThere(String name) {
        try {
            return exists(name);
        } catch (IOException e) {
            return true;
        }
    }

    private void stopping(String failpoint) throws Exception {
        create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        var path =
                failpoint.startsWith("stop")
                        ? "/containers/x-fp/stop?t=0"
                        : "/containers/x-fp/kill";
        strike(failpoint, () -> api().post(path, ""));
        api().post("/containers/x-fp/stop?t=0", "").good();
        assertThat(state("x").get("ExitCode").asInt()).isEqualTo(137);
        remove();
    }

    private void deleting(String failpoint) throws Exception {
        create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        api().post("/containers/x-fp/kill", "").good();
        strike(failpoint, () -> api().delete("/containers/x-fp?v=1"));
        if (exists("x")) api().delete("/containers/x-fp?v=1").good();
        create("x", LONG, "");
        remove();
    }

    private void executing(String failpoint) throws Exception {
        create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        strike(failpoint, this::exec);
        assertThat(exec()).isEqualTo("executed\n");
        remove();
    }

    private String exec() throws IOException {
        var made =
                api().post(
                                "/containers/x-fp/exec",
                                "{\"Cmd\":[\"echo\",\"executed\"],\"AttachStdout\":true}")
                        .good();
        var id = made.json().get("Id").asString();
        return EngineApi.frames(api().post("/exec/" + id + "/start", "{\"Detach\":false}").body());
    }

    private void loading(String failpoint) throws Exception {
        strike(failpoint, () -> load(TestImage.DISTROLESS));
        load(TestImage.DISTROLESS);
        api().get("/images/" + TestImage.DISTROLESS.tag() + "/json").good();
        invariants();
        api().delete("/images/" + TestImage.DISTROLESS.tag()).good();
    }

    private void removingAnImage(String failpoint) throws Exception {
        load(TestImage.DISTROLESS);
        strike(failpoint, () -> api().delete("/images/" + TestImage.DISTROLESS.tag()));
        var path = "/images/" + TestImage.DISTROLESS.tag();
        if (api().get(path + "/json").isGood()) api().delete(path).good();
        invariants();
        load(TestImage.DISTROLESS);
        api().delete(path).good();
    }

    private void committing(String failpoint) throws Exception {
        create("x", LONG, "");
        api().post("/containers/x-fp/start", "").good();
        var images = api().get("/images/json").good().text();
        strike(failpoint, () -> api().post("/commit?container=x-fp", "").good());
        assertThat(api().get("/images/json").good().text()).isEqualTo(images);
        assertThat(state("x").get("Status").asString()).isEqualTo("running");
        var made = api().post("/commit?container=x-fp", "").good().json().get("Id").asString();
        assertThat(state("x").get("Status").asString()).isEqualTo("running");
        remove();
        api().delete("/images/" + made).good();
    }

    private void building(String failpoint) throws Exception {
        var dockerfile = "FROM " + TestImage.BUSYBOX.tag() + "\nRUN date > /made\n";
        var context = BuildContext.tar(Map.of("Dockerfile", dockerfile));
        var images = api().get("/images/json?all=1").good().text();
        strike(failpoint, () -> build(context));
        assertThat(api().get("/images/json?all=1").good().text()).isEqualTo(images);
        build(context);
        api().delete("/images/built-fp").good();
        api().post("/build/prune", "").good();
    }

    private void build(byte[] context) throws IOException {
        var said = api().ask("POST", "/build?t=built-fp", "application/x-tar", context).good();
        if (said.text().contains("\"error\"")) throw new IOException(said.text());
    }

    private void rotating(String failpoint) throws Exception {
        create(
                "x",
                MANY_LINES,
                "\"LogConfig\":{\"Type\":\"json-file\",\"Config\":{\"max-size\":\"2k\",\"max-file\":\"100\"}}");
        strike(
                failpoint,
                () -> {
                    api().post("/containers/x-fp/start", "").good();
                    EngineApi.frames(
                            api().get("/containers/x-fp/logs?stdout=1&stderr=1&follow=1").body());
                });
        await("the end", () -> !running("x"));
        assertThat(log("x"))
                .isEqualTo(
                        IntStream.range(0, LINES)
                                .mapToObj(i -> "line " + i + "\n")
                                .collect(Collectors.joining()));
        remove();
    }

    /** The step is met and the engine, if it dies, is started again. */
    private void strike(String failpoint, Operation operation) throws Exception {
        daemon().arm(failpoint);
        try {
            operation.run();
        } catch (IOException | AssertionError e) {
            // a refusal, or the engine died: either is right
        }
        await("strike of " + failpoint, () -> !Files.exists(directory.resolve("failpoint")));
        if (failpoint.endsWith(":kill")) {
            assertThat(daemon().awaitEnd()).isEqualTo(137);
            started = Daemon.withFailpoints(directory, root);
        }
        assertThat(daemon().isAlive()).isTrue();
    }

    private void restart() {
        daemon().kill();
        started = Daemon.withFailpoints(directory, root);
    }

    private void invariants() throws Exception {
        assertThat(Invariants.broken(daemon(), known)).as(daemon().log()).isEmpty();
        var state = state(kept);
        assertThat(state.get("ExitCode").asInt()).isEqualTo(7);
        assertThat(log("kept")).isEqualTo("kept\n");
        assertThat(state("survivor").get("Pid").asLong()).isEqualTo(survivor);
        assertThat(api().get("/images/" + TestImage.BUSYBOX.tag() + "/json").status())
                .isEqualTo(200);
    }

    private String create(String name, String words, String host) throws IOException {
        var body =
                "{\"Image\":\""
                        + TestImage.BUSYBOX.tag()
                        + "\",\"Cmd\":["
                        + words
                        + "],\"Volumes\":{\"/etc\":{}},\"HostConfig\":{\"Binds\":[\""
                        + directory.resolve("bound")
                        + ":/bound\"]"
                        + (host.isEmpty() ? "" : "," + host)
                        + "}}";
        var id = api().post("/containers/create?name=" + name + "-fp", body).good().json();
        known.add(id.get("Id").asString());
        return name;
    }

    private void load(TestImage image) throws IOException {
        var archive = Files.readAllBytes(image.archive());
        var said = api().ask("POST", "/images/load?quiet=1", "application/x-tar", archive).good();
        if (said.text().contains("\"error\"")) throw new IOException(said.text());
    }

    private static String path(String name) {
        return "/containers/" + name + "-fp";
    }

    private boolean exists(String name) throws IOException {
        return api().get(path(name) + "/json").status() != 404; // 500: half deleted
    }

    private tools.jackson.databind.JsonNode state(String name) throws IOException {
        return api().get(path(name) + "/json").good().json().get("State");
    }

    private boolean running(String name) {
        try {
            return state(name).get("Running").asBoolean();
        } catch (IOException e) {
            return true;
        }
    }

    private String log(String name) throws IOException {
        return EngineApi.frames(api().get(path(name) + "/logs?stdout=1&stderr=1").good().body());
    }

    private void remove() throws IOException {
        api().delete(path("x") + "?force=1&v=1").good();
    }

    private static void await(String what, BooleanSupplier met) {
        for (var tries = 0; tries < 1200; tries++) {
            if (met.getAsBoolean()) return;
            Daemon.pause(50);
        }
        throw new AssertionError("waited 60 s for " + what);
    }
}
