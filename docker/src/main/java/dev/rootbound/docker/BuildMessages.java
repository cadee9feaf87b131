package dev.rootbound.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.build.BuildProgress;
import dev.rootbound.engine.Engine;
import dev.rootbound.image.Image;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MalformedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Set;

/** What a build does, in the messages of Docker's classic builder. */
final class BuildMessages implements BuildProgress, AutoCloseable {
    private static final int SHORT_ID = 12;

    private final Messages messages;
    private final boolean quiet;
    private final Set<String> modes;
    private final TransferMessages pulling;

    /** A character may come in two pieces. */
    private final CharsetDecoder decoder =
            UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private ByteBuffer left = ByteBuffer.allocate(0);
    private boolean closed;

    /**
     * @param quiet nothing is said but the image's id
     * @param modes of the caches that the client makes: {@code min}, {@code max}
     */
    BuildMessages(Messages messages, boolean quiet, Set<String> modes) {
        this.modes = modes;
        this.messages = messages;
        this.quiet = quiet;
        this.pulling = new TransferMessages(messages, false);
    }

    private void say(String text) {
        if (!quiet) messages.say("stream", text);
    }

    @Override
    public void step(int number, int total, String instruction) {
        say("Step " + number + "/" + total + " : " + instruction);
        say("\n");
    }

    @Override
    public void trigger(String instruction) {
        say("# Executing build trigger : " + instruction + "\n");
    }

    @Override
    public void output(Engine.Stream stream, byte[] bytes, int offset, int length) {
        if (quiet) return;
        var in = ByteBuffer.allocate(left.remaining() + length);
        in.put(left).put(bytes, offset, length).flip();
        var out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, false);
        left = ByteBuffer.allocate(in.remaining()).put(in).flip();
        if (out.flip().hasRemaining()) say(out.toString());
    }

    @Override
    public void cached() {
        say(" ---> Using cache\n");
    }

    @Override
    public void done(String files) {
        say(" ---> " + files.substring(0, SHORT_ID) + "\n");
    }

    @Override
    public void warn(String warning) {
        say("[Warning] " + warning + "\n");
    }

    @Override
    public TransferProgress pulling() {
        return pulling;
    }

    /** The last of it. */
    void built(Image image) {
        if (quiet) {
            messages.say("stream", image.id() + "\n");
            return;
        }
        var aux = Json.object();
        aux.putObject("aux").put("ID", image.id().toString());
        messages.say(aux);
        say("Successfully built " + shortId(image.id()) + "\n");
    }

    void tagged(String name) {
        say("Successfully tagged " + name + "\n");
    }

    /** Our own: the steps that a client may have asked for, to save or push them as a cache. */
    @Override
    public void built(StepCache result, StepCache all) {
        if (modes.isEmpty()) return;
        var aux = Json.object();
        var cache = aux.putObject("aux").putObject("BuildCache");
        try {
            if (modes.contains("min")) cache.set("min", Json.parse(text(result)));
            if (modes.contains("max")) cache.set("max", Json.parse(text(all)));
            messages.say(aux);
        } catch (MalformedException e) {
            warn(String.valueOf(e.getMessage()));
        }
    }

    private static String text(StepCache cache) throws MalformedException {
        return new String(cache.toJson(), UTF_8);
    }

    private static String shortId(Digest id) {
        return id.hex().substring(0, SHORT_ID);
    }

    @Override
    public void close() {
        if (!closed) pulling.close();
        closed = true;
    }
}
