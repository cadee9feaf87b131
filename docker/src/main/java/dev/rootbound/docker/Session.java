package dev.rootbound.docker;

import dev.rootbound.engine.Engine.Attachment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A client attached to a process: its input goes there until one side ends, and the session lasts
 * until the output has ended, the client has gone or it has typed the detach keys.
 *
 * @param endsInput whether the end of the client's input ends the process's too; else it detaches
 * @param keys {@code null}: none are looked for
 */
record Session(Attachment attachment, boolean endsInput, @Nullable DetachKeys keys) {
    private static final int PIECE = 32 * 1024;

    /** Blocks until the session has ended. */
    void run(Exchange exchange, @Nullable Hijacked input) throws InterruptedException {
        exchange.onGone(attachment::close);
        var reader =
                input == null ? null : Thread.ofVirtual().name("stdin").start(() -> forward(input));
        try {
            attachment.awaitEnd();
        } finally {
            if (reader != null) {
                reader.interrupt();
            }
        }
    }

    private void forward(Hijacked input) {
        try {
            if (copy(input)) {
                attachment.detach();
                return;
            }
        } catch (IOException _) {
            return; // the process takes no more input, or the client has gone: others see to that
        }
        endInput();
    }

    /** Whether the client has detached; else its input has ended. */
    private boolean copy(Hijacked input) throws IOException {
        var piece = new byte[PIECE];
        for (int count; (count = input.in().read(piece)) >= 0; ) {
            if (keys == null) {
                attachment.write(piece, 0, count);
            } else if (keys.typed(piece, count, b -> attachment.write(b, 0, b.length))) {
                return true;
            }
        }
        return false;
    }

    private void endInput() {
        if (!endsInput) {
            attachment.close();
            return;
        }
        try {
            attachment.endInput();
        } catch (IOException _) {
            // the process has closed it first
        }
    }
}
