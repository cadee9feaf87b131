package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.systemtests.ChaosContainer.Kind;
import dev.rootbound.systemtests.ChaosContainer.Sure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One of those that trouble an engine: it does one random thing after another with its own
 * containers and names of images, and looks at the others', until the engine dies.
 */
final class ChaosClient {
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final int MOST = 5;

    private final int number;
    private final byte[] archive;
    private final Random random;
    private final List<ChaosContainer> own = new ArrayList<>();
    private final Map<String, Sure> tags = new TreeMap<>();
    private int made;
    private final AtomicInteger operations = new AtomicInteger();

    ChaosClient(int number, long seed, byte[] archive) {
        this.number = number;
        this.archive = archive;
        this.random = new Random(seed * 31 + number);
    }

    int operations() {
        return operations.get();
    }

    /** Until the engine does not answer. */
    void trouble(EngineApi api) {
        try {
            while (true) {
                operation(api);
                operations.incrementAndGet();
            }
        } catch (IOException died) {
            // what it was asked last may have been done
        }
    }

    private void operation(EngineApi api) throws IOException {
        int dice = random.nextInt(100);
        own.removeIf(c -> c.exists == Sure.NO);
        if (own.isEmpty() || (dice < 18 && own.size() < MOST)) {
            create(api);
            return;
        }
        var container = own.get(random.nextInt(own.size()));
        if (dice < 40) start(api, container);
        else if (dice < 50) exec(api, container);
        else if (dice < 57) stop(api, container, "stop?t=0");
        else if (dice < 64) stop(api, container, "kill");
        else if (dice < 76) remove(api, container);
        else if (dice < 82) logs(api, container);
        else if (dice < 85) load(api);
        else if (dice < 90) tag(api);
        else if (dice < 95) untag(api);
        else look(api);
    }

    private void create(EngineApi api) throws IOException {
        var kind = KINDS.get(random.nextInt(KINDS.size()));
        var container = new ChaosContainer("chaos-" + number + "-" + made++, kind);
        own.add(container);
        var body =
                "{\"Image\":\""
                        + TestImage.BUSYBOX.tag()
                        + "\",\"Cmd\":[\"sh\",\"-c\",\""
                        + kind.script
                        + "\"]}";
        var made = api.post("/containers/create?name=" + container.name, body).good();
        container.id = made.json().get("Id").asString();
        container.exists = Sure.YES;
    }

    private static void start(EngineApi api, ChaosContainer container) throws IOException {
        if (container.kind == Kind.LONG && container.starts > 0 && container.killed == Sure.NO) {
            assertThat(api.post(path(container, "/start"), "").status())
                    .as(container + " runs already")
                    .isEqualTo(304);
            return;
        }
        container.unsureStarts++;
        container.forgetProcess();
        var answer = api.post(path(container, "/start"), "");
        container.unsureStarts--;
        if (answer.status() == 304) return; // it still runs
        answer.good();
        container.starts++;
        container.killed = Sure.NO;
    }

    private static String path(ChaosContainer container, String what) {
        return "/containers/" + container.name + what;
    }

    private static void exec(EngineApi api, ChaosContainer container) throws IOException {
        var body = "{\"Cmd\":[\"echo\",\"executed\"],\"AttachStdout\":true}";
        var made = api.post(path(container, "/exec"), body);
        if (made.status() == 409) return; // it does not run
        var id = made.good().json().get("Id").asString();
        var answer = api.post("/exec/" + id + "/start", "{\"Detach\":false}");
        var said = EngineApi.frames(answer.body());
        if (container.kind != Kind.LONG || said.equals("executed\n")) return;
        var after = api.get("/exec/" + id + "/json"); // a stream that an engine's death ended?
        assertThat(said)
                .as(container + ": " + answer.text() + after.text())
                .isEqualTo("executed\n");
    }

    private static void stop(EngineApi api, ChaosContainer container, String how)
            throws IOException {
        var before = container.killed;
        container.killed = Sure.MAYBE;
        container.wasKilled = true;
        var answer = api.post(path(container, "/" + how), "");
        if (answer.status() == 304 || answer.status() == 409) {
            container.killed = before == Sure.NO ? Sure.MAYBE : before; // it had ended
            return;
        }
        answer.good();
        container.killed = Sure.YES;
    }

    private static void remove(EngineApi api, ChaosContainer container) throws IOException {
        container.exists = Sure.MAYBE;
        container.killed = Sure.MAYBE;
        container.wasKilled = true;
        api.delete(path(container, "?force=1")).good();
        container.exists = Sure.NO;
    }

    private static void logs(EngineApi api, ChaosContainer container) throws IOException {
        api.get(path(container, "/logs?stdout=1&stderr=1&tail=3")).good();
    }

    private void load(EngineApi api) throws IOException {
        api.ask("POST", "/images/load?quiet=1", "application/x-tar", archive).good();
    }

    private void tag(EngineApi api) throws IOException {
        var name = "chaos" + number + ":" + random.nextInt(4);
        tags.put(name, Sure.MAYBE);
        var path =
                "/images/"
                        + TestImage.BUSYBOX.tag()
                        + "/tag?repo="
                        + name.replaceFirst(":.*", "")
                        + "&tag="
                        + name.replaceFirst(".*:", "");
        api.post(path, "").good();
        tags.put(name, Sure.YES);
    }

    private void untag(EngineApi api) throws IOException {
        var name = "chaos" + number + ":" + random.nextInt(4);
        boolean there = tags.get(name) == Sure.YES;
        if (there) tags.put(name, Sure.MAYBE);
        var answer = api.delete("/images/" + name);
        assertThat(answer.isGood()).as(name + ": " + answer.text()).isEqualTo(there);
        tags.put(name, Sure.NO);
    }

    private static void look(EngineApi api) throws IOException {
        for (var each : api.get("/containers/json?all=1").good().json())
            api.get("/containers/" + each.get("Id").asString() + "/json");
    }

    /** What must be true after the engine was started again. */
    void check(EngineApi api) throws IOException {
        for (var container : own) container.check(api);
        for (var tag : tags.entrySet()) {
            boolean there = api.get("/images/" + tag.getKey() + "/json").isGood();
            if (tag.getValue() != Sure.MAYBE)
                assertThat(there).as(tag.getKey()).isEqualTo(tag.getValue() == Sure.YES);
            tag.setValue(there ? Sure.YES : Sure.NO);
        }
    }

    /** The ids of all its containers that are known. */
    List<String> ids() {
        return own.stream().map(c -> c.id).filter(id -> !id.isEmpty()).toList();
    }
}
