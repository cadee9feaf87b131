package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A process's streams connected to ours: its input copied in one thread, its output in another. */
final class Streams {
    /** Why copying ended. */
    enum End {
        OUTPUT_ENDED,
        DETACHED
    }

    private final Answer answer;
    private final boolean terminal;
    private final String detachKeys;
    private final Cli cli;
    private final AtomicBoolean detached = new AtomicBoolean();

    /**
     * @param terminal whether the process has one: then its output is not framed, and the detach
     *     keys are watched for
     */
    Streams(Answer answer, boolean terminal, String detachKeys, Cli cli) {
        this.answer = answer;
        this.terminal = terminal;
        this.detachKeys = detachKeys;
        this.cli = cli;
    }

    /** Copies until the output ends or the user detaches. */
    End copy(boolean withInput) throws IOException, InterruptedException {
        boolean raw = withInput && terminal && LocalTerminal.is(0);
        try (var _ = answer;
                var _ = raw ? LocalTerminal.raw() : null) {
            if (withInput) Thread.ofPlatform().daemon().name("stdin").start(this::copyInput);
            copyOutput();
            return End.OUTPUT_ENDED;
        } catch (IOException e) {
            if (detached.get()) return End.DETACHED;
            throw e;
        }
    }

    private void copyOutput() throws IOException {
        if (terminal) Frames.copyRaw(answer.body(), cli.out());
        else Frames.copy(answer.body(), cli.out(), cli.err());
    }

    /** When the process no longer reads, the rest is dropped: its output then ends the copying. */
    private void copyInput() {
        var keys = terminal ? DetachKeys.parse(detachKeys) : null;
        try {
            copyInput(cli.in(), keys);
        } catch (IOException e) {
            // the other side has closed: see above
        }
    }

    private void copyInput(InputStream in, @Nullable DetachKeys keys) throws IOException {
        var connection = answer.connection();
        byte[] buffer = new byte[64 << 10];
        for (int n; (n = in.read(buffer)) >= 0; ) {
            if (keys == null) {
                connection.output().write(buffer, 0, n);
                continue;
            }
            var step = keys.accept(buffer, n);
            connection.output().write(step.bytes());
            if (!step.detached()) continue;
            detached.set(true);
            connection.close();
            return;
        }
        connection.endOutput();
    }
}
