package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message of the protocol of ssh-agent(1), draft-ietf-sshm-ssh-agent. */
final class AgentMessage {
    /** As OpenSSH's. */
    private static final int LARGEST = 256 << 10;

    private static final byte REQUEST_IDENTITIES = 11;
    private static final byte SIGN_REQUEST = 13;
    private static final byte EXTENSION = 27;
    private static final Set<String> EXTENSIONS = Set.of("query", "session-bind@openssh.com");

    /** What an agent says of what it does not do. */
    static final AgentMessage FAILURE = new AgentMessage(new byte[] {5});

    private final byte[] body;

    /**
     * @param body its type and what belongs to that; not empty
     */
    AgentMessage(byte[] body) {
        this.body = body;
    }

    /**
     * The next one; {@code null}: there is no more. No more memory is taken than has come.
     *
     * @throws IOException if it is empty, too long, or not all there
     */
    static @Nullable AgentMessage read(InputStream in) throws IOException {
        var length = in.readNBytes(Integer.BYTES);
        if (length.length == 0) return null;
        if (length.length < Integer.BYTES) throw new EOFException("a message without an end");
        int size = ByteBuffer.wrap(length).getInt();
        if (size < 1 || size > LARGEST) {
            throw new IOException(
                    "a message of "
                            + Integer.toUnsignedString(size)
                            + " bytes: 1 to "
                            + LARGEST
                            + " are possible");
        }
        var body = in.readNBytes(size);
        if (body.length < size) throw new EOFException("a message without an end");
        return new AgentMessage(body);
    }

    /** At once: who reads it may end in the middle of it. */
    void write(OutputStream out) throws IOException {
        out.write(
                ByteBuffer.allocate(Integer.BYTES + body.length)
                        .putInt(body.length)
                        .put(body)
                        .array());
        out.flush();
    }

    /**
     * Whether it asks for nothing but the use of keys: which there are, a signature, what the agent
     * can do, and that a key be used for one session only.
     */
    boolean isUse() {
        return switch (body[0]) {
            case REQUEST_IDENTITIES, SIGN_REQUEST -> true;
            case EXTENSION -> EXTENSIONS.contains(extension());
            default -> false;
        };
    }

    private String extension() {
        try {
            var in = ByteBuffer.wrap(body, 1, body.length - 1);
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) return "";
            return new String(body, in.position(), length, UTF_8);
        } catch (BufferUnderflowException e) {
            return "";
        }
    }
}
