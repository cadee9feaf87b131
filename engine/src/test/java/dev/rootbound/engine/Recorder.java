package dev.rootbound.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that keeps what it is sent. */
final class Recorder implements Engine.Output {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    Engine.@Nullable Attachment attachment;

    @Override
    public synchronized void write(Engine.Stream stream, byte[] bytes, int offset, int length) {
        (stream == Engine.Stream.STDERR ? err : out).write(bytes, offset, length);
    }

    synchronized String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    synchronized String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    synchronized int size() {
        return out.size();
    }

    Recorder send(String text) throws Exception {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        attached().write(bytes, 0, bytes.length);
        return this;
    }

    Engine.Attachment attached() {
        if (attachment == null) {
            throw new IllegalStateException("not attached");
        }
        return attachment;
    }

    Recorder end() throws InterruptedException {
        attached().awaitEnd();
        return this;
    }
}
