package dev.rootbound.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The beginning of what a health check's probe writes: Docker's 4096 bytes. */
final class ProbeOutput implements Engine.Output {
    private static final int LIMIT = 4096;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean cut;

    @Override
    public synchronized void write(Engine.Stream stream, byte[] bytes, int offset, int length) {
        int taken = Math.min(length, LIMIT - kept.size());
        kept.write(bytes, offset, taken);
        cut |= taken < length;
    }

    synchronized String text() {
        return kept.toString(StandardCharsets.UTF_8) + (cut ? "..." : "");
    }

    /** Behind a sentence. */
    String after(String sentence) {
        var text = text();
        return text.isEmpty() ? sentence : sentence + ": " + text;
    }
}
