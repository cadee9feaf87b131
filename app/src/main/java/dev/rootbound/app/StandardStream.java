package dev.rootbound.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A standard stream whose failure is told from the engine's. */
final class StandardStream extends OutputStream {
    private final OutputStream stream;
    private final String name;

    /**
     * @param name such as {@code standard output}
     */
    StandardStream(FileDescriptor descriptor, String name) {
        this(new FileOutputStream(descriptor), name);
    }

    StandardStream(OutputStream stream, String name) {
        this.stream = stream;
        this.name = name;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            throw new BrokenOutput(name, e);
        }
    }
}
