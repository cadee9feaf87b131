package dev.rootbound.app;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code --build-context NAME=…} gives a build: images by their names, and files. */
final class NamedContexts implements Closeable {
    private static final String IMAGE = "docker-image://";

    private final Map<String, String> images = new LinkedHashMap<>();
    private final Map<String, BuildContext> files = new LinkedHashMap<>();

    static NamedContexts open(Arguments arguments) throws IOException, InterruptedException {
        var contexts = new NamedContexts();
        try {
            for (String option : arguments.all("build-context")) {
                int equals = option.indexOf('=');
                if (equals <= 0 || equals == option.length() - 1)
                    throw arguments.invalid(
                            "build-context",
                            option,
                            "it is NAME=DIR, NAME=URL or NAME=docker-image://IMAGE");
                contexts.add(option.substring(0, equals), option.substring(equals + 1));
            }
            return contexts;
        } catch (IOException | InterruptedException | RuntimeException e) {
            contexts.close();
            throw e;
        }
    }

    /** The last of a name counts. */
    private void add(String name, String value) throws IOException, InterruptedException {
        images.remove(name);
        try (var _ = files.remove(name)) {
            if (value.startsWith(IMAGE)) images.put(name, value.substring(IMAGE.length()));
            else files.put(name, ContextSource.named(value));
        }
    }

    /** What the engine has to know of them besides. */
    Target addTo(Target target) {
        files.keySet().forEach(name -> target.query("context", name));
        images.forEach((name, image) -> target.query("contextimage", name + "=" + image));
        return target;
    }

    /** The files, one context after another. */
    void writeTo(OutputStream out) throws IOException {
        for (var context : files.values()) writeTo(out, context);
    }

    /** As a stream of pieces, which ends before the body does. */
    static void writeTo(OutputStream out, BuildContext context) throws IOException {
        var pieces = new Pieces(out);
        context.writeTo(pieces);
        pieces.end();
    }

    /** Each write is a piece after its length, an empty one the end. */
    private static final class Pieces extends OutputStream {
        private final OutputStream out;

        Pieces(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) return;
            length(length);
            out.write(bytes, offset, length);
        }

        void end() throws IOException {
            length(0);
        }

        private void length(int length) throws IOException {
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
        }
    }

    @Override
    public void close() throws IOException {
        for (var context : files.values()) context.close();
    }
}
