package dev.rootbound.docker;

import dev.rootbound.engine.Transfers;
import dev.rootbound.image.Pull;
import dev.rootbound.image.Push;
import dev.rootbound.image.Reference;
import dev.rootbound.oci.Digest;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What a pull or push does, in Docker's messages (jsonmessage), not more often than is seen. */
final class TransferMessages implements Transfers.AllProgress, Transfers.PushProgress {
    private static final long SHORTEST_NANOSECONDS = 100_000_000;
    private static final int SHORT_ID = 12;

    /** What was last said of a layer. */
    private record Said(Step step, long at) {}

    private final Messages messages;
    private final boolean pushes;
    private final Map<Digest, Said> said = new HashMap<>();
    private String name = "";

    TransferMessages(Messages messages, boolean pushes) {
        this.messages = messages;
        this.pushes = pushes;
    }

    @Override
    public synchronized void image(Reference reference) {
        name = reference.familiar();
        said.clear();
        if (pushes) {
            var repository = reference.domain() + "/" + reference.path();
            messages.say("status", "The push refers to repository [" + repository + "]");
            return;
        }
        var digest = reference.digest();
        var named = digest == null ? String.valueOf(reference.tag()) : digest.toString();
        messages.say(line(named, "Pulling from " + reference.path()));
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
        messages.say(line);
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
        messages.say("status", "Digest: " + pulled.digest());
        messages.say(
                "status",
                "Status: "
                        + (pulled.isNew()
                                ? "Downloaded newer image for "
                                : "Image is up to date for ")
                        + name);
    }

    @Override
    public void pushed(String tag, Push.Pushed pushed) {
        messages.say("status", tag + ": digest: " + pushed.digest() + " size: " + pushed.size());
        var line = Json.object();
        line.putObject("progressDetail");
        line.putObject("aux")
                .put("Tag", tag)
                .put("Digest", pushed.digest().toString())
                .put("Size", pushed.size());
        messages.say(line);
    }
}
