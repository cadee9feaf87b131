package dev.rootbound.docker;

import dev.rootbound.engine.Transfers;
import dev.rootbound.image.Pull;
import dev.rootbound.image.Push;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Digest;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a pull or push does, in Docker's messages (jsonmessage), not more often than is seen. They
 * are sent by a thread of their own: a client that does not read keeps nobody who does the work,
 * and may hold what others wait for. Closed when all are sent.
 */
final class TransferMessages
        implements Transfers.AllProgress, Transfers.PushProgress, AutoCloseable {
    private static final long SHORTEST_NANOSECONDS = 100_000_000;
    private static final int SHORT_ID = 12;

    /** What was last said of a layer. */
    private record Said(Step step, long at) {}

    /** What a later message of the same replaces. */
    private record Line(Digest layer, Step step) {}

    private final Messages messages;
    private final boolean pushes;
    private final Map<Digest, Said> said = new HashMap<>();
    private String name = "";

    /** To be sent, in this order; of a layer's bar only the latest. Guarded by this. */
    private final Map<Object, JsonNode> unsent = new LinkedHashMap<>();

    private boolean ended;
    private final Thread sender;

    TransferMessages(Messages messages, boolean pushes) {
        this.messages = messages;
        this.pushes = pushes;
        var work = Thread.currentThread();
        this.sender = Thread.ofVirtual().name("progress").start(() -> send(work));
    }

    private void send(Thread work) {
        try {
            for (var line = next(); line != null; line = next()) messages.say(line);
        } catch (UncheckedIOException e) {
            work.interrupt(); // the client has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it has gone, and this was closed
        }
    }

    private synchronized @Nullable JsonNode next() throws InterruptedException {
        while (unsent.isEmpty() && !ended) wait();
        var first = unsent.keySet().stream().findFirst();
        return first.isEmpty() ? null : unsent.remove(first.get());
    }

    private synchronized void say(Object key, JsonNode line) {
        unsent.put(key, line);
        notifyAll();
    }

    private void say(String status) {
        say(new Object(), Json.object().put("status", status));
    }

    @Override
    public void close() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        try {
            sender.join();
        } catch (InterruptedException e) {
            sender.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void image(Reference reference) {
        name = reference.familiar();
        said.clear();
        if (pushes) {
            var repository = reference.domain() + "/" + reference.path();
            say("The push refers to repository [" + repository + "]");
            return;
        }
        var digest = reference.digest();
        var named = digest == null ? String.valueOf(reference.tag()) : digest.toString();
        say(new Object(), line(named, "Pulling from " + reference.path()));
    }

    @Override
    public synchronized void layer(Digest layer, Step step, long done, long size) {
        long now = System.nanoTime();
        var before = said.get(layer);
        if (before != null
                && before.step == step
                && (!hasBar(step) || now - before.at < SHORTEST_NANOSECONDS)) {
            return;
        }
        said.put(layer, new Said(step, now));
        var line = line(layer.hex().substring(0, SHORT_ID), text(step));
        if (hasBar(step)) {
            line.putObject("progressDetail").put("current", done).put("total", size);
        } else {
            line.putObject("progressDetail");
        }
        say(new Line(layer, step), line);
    }

    private static boolean hasBar(Step step) {
        return switch (step) {
            case DOWNLOADING, UNPACKING, PUSHING -> true;
            case WAITING,
                    DOWNLOADED,
                    PULLED,
                    HELD_BEFORE,
                    PREPARING,
                    PUSHED,
                    PUSHED_BEFORE,
                    MOUNTED ->
                    false;
        };
    }

    private static String text(Step step) {
        return switch (step) {
            case WAITING -> "Pulling fs layer";
            case DOWNLOADING -> "Downloading";
            case DOWNLOADED -> "Download complete";
            case UNPACKING -> "Extracting";
            case PULLED -> "Pull complete";
            case HELD_BEFORE -> "Already exists";
            case PREPARING -> "Preparing";
            case PUSHING -> "Pushing";
            case PUSHED -> "Pushed";
            case PUSHED_BEFORE -> "Layer already exists";
            case MOUNTED -> "Mounted";
        };
    }

    private static ObjectNode line(String id, String status) {
        return Json.object().put("status", status).put("id", id);
    }

    @Override
    public void pulled(String tag, Pull.Pulled pulled) {
        say("Digest: " + pulled.digest());
        say(
                "Status: "
                        + (pulled.isNew()
                                ? "Downloaded newer image for "
                                : "Image is up to date for ")
                        + name);
    }

    @Override
    public void pushed(String tag, Push.Pushed pushed) {
        say(tag + ": digest: " + pushed.digest() + " size: " + pushed.size());
        var line = Json.object();
        line.putObject("progressDetail");
        line.putObject("aux")
                .put("Tag", tag)
                .put("Digest", pushed.digest().toString())
                .put("Size", pushed.size());
        say(new Object(), line);
    }
}
