package dev.rootbound.docker;

import dev.rootbound.build.Builder;
import dev.rootbound.build.FailedStep;
import dev.rootbound.engine.Engine;
import dev.rootbound.engine.EngineException;
import dev.rootbound.image.StepCache;
import dev.rootbound.oci.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code POST /build}, as Docker's classic builder answers it, and the build cache. */
final class BuildEndpoints {
    private final Engine engine;
    private final Builder builder;

    BuildEndpoints(Engine engine) {
        this.engine = engine;
        this.builder = new Builder(engine, InstantSource.system());
    }

    void addTo(Routes routes) {
        routes.add("POST", "/build", this::build);
        routes.add("POST", "/build/prune", this::prune);
        routes.add("POST", "/rootbound/build/cache/save", this::save);
        routes.add("POST", "/rootbound/build/cache/push", this::push);
    }

    /** A client that goes away ends its build. */
    private void build(Call call) throws IOException, InterruptedException {
        var asked = AskedBuild.of(call);
        call.exchange().onGone(Thread.currentThread()::interrupt);
        var messages = new Messages(call);
        var progress =
                new BuildMessages(
                        messages, call.query().flag("q"), Set.copyOf(call.query().all("cacheto")));
        try (progress) {
            var image = builder.build(call.caller(), asked, AskedBuild.input(call), progress);
            progress.built(image);
            asked.names().forEach(progress::tagged);
        } catch (EngineException e) {
            progress.close();
            messages.fail(e);
            return;
        } catch (FailedStep e) {
            progress.close();
            messages.fail(Api.message(e), e.code());
            return;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        messages.end();
    }

    /** Our own: an archive of steps that {@code POST /build} has told of, which are the body. */
    private void save(Call call) throws IOException {
        var steps = steps(call);
        call.archive(to -> engine.builds().save(call.caller(), steps, to));
    }

    /** Our own: pushes such steps. */
    private void push(Call call) throws IOException {
        var credentials = RegistryAuth.parse(call.exchange().header("X-Registry-Auth"));
        var reference = call.query().text("ref");
        var steps = steps(call);
        TransferEndpoints.answer(
                call,
                true,
                progress ->
                        engine.transfers()
                                .push(call.caller(), steps, reference, credentials, progress));
    }

    private static StepCache steps(Call call) throws IOException {
        try {
            return StepCache.parse(
                    call.exchange().body().readNBytes(dev.rootbound.oci.Json.MAX_DOCUMENT + 1));
        } catch (MalformedException e) {
            throw new ApiException(400, Api.message(e));
        }
    }

    private void prune(Call call) throws IOException {
        var filter = BuildCacheFilter.of(call.query());
        var cache = engine.builds().cache(call.caller());
        var keys = new ArrayList<>(cache.keySet());
        cache.forEach((key, entry) -> {
            if (!filter.matches(key, entry.step())) keys.remove(key);
        });
        long reclaimed = engine.builds().forget(call.caller(), keys);
        if (filter.isAll()) reclaimed += builder.pruneCaches(call.caller());
        var deleted = JsonNodeFactory.instance.arrayNode();
        keys.forEach(key -> deleted.add(key.hex()));
        var answer = Json.object();
        answer.set("CachesDeleted", keys.isEmpty() ? null : deleted);
        call.answer(200, answer.put("SpaceReclaimed", reclaimed));
    }

    /** As {@code GET /system/df} has it. */
    static ArrayNode usage(Engine engine, Call call) {
        var all = JsonNodeFactory.instance.arrayNode();
        engine.builds()
                .cache(call.caller())
                .forEach((key, entry) ->
                        all.addObject()
                                .put("ID", key.hex())
                                .put("Type", "regular")
                                .put("Description", entry.step().what())
                                .put("InUse", entry.inUse())
                                .put("Shared", entry.shared())
                                .put("Size", entry.size())
                                .put("CreatedAt", entry.step().created().toString())
                                .put("LastUsedAt", entry.step().used().toString())
                                .put("UsageCount", 1));
        return all;
    }
}
