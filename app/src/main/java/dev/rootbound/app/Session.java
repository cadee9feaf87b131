package dev.rootbound.app;

import java.io.IOException;

/**
 * A container run in the foreground: attached and waited for before it starts, so that nothing is
 * missed; then its streams are ours, and its exit code.
 */
final class Session {
    /**
     * @param removed whether the container is deleted at its end: that is waited for too
     * @param signals whether our signals are passed on
     */
    record Attachment(
            String id,
            boolean terminal,
            boolean stdin,
            boolean stdout,
            boolean stderr,
            boolean removed,
            boolean signals,
            String detachKeys) {}

    /** Returned by {@link #run} when the user has left the container running. */
    static final int DETACHED = -1;

    private final ApiClient engine;
    private final Attachment attachment;
    private final Cli cli;

    Session(ApiClient engine, Attachment attachment, Cli cli) {
        this.engine = engine;
        this.attachment = attachment;
        this.cli = cli;
    }

    /** Starts the container, if it does not run. Returns its exit code or {@link #DETACHED}. */
    int run(boolean start) throws IOException, InterruptedException {
        if (!attachment.detachKeys.isEmpty()) DetachKeys.parse(attachment.detachKeys);
        if (attachment.signals) Signals.handle(this::kill);
        String condition = attachment.removed ? "removed" : start ? "next-exit" : "";
        // A wait for its end begins first when it runs already, last when it is to start.
        Answer waiting = start ? null : waitFor(condition);
        Answer streams = engine.hijack(attachTarget(), null);
        if (waiting == null) waiting = waitFor(condition);
        try (var closed = waiting) {
            if (start) start(streams);
            followSize();
            var copying = new Streams(streams, attachment.terminal, attachment.detachKeys, cli);
            if (copying.copy(attachment.stdin) == Streams.End.DETACHED) return DETACHED;
            return exitCode(closed);
        } finally {
            streams.close();
        }
    }

    private void start(Answer streams) throws IOException {
        try {
            engine.post(Target.of("/containers/", attachment.id, "/start"));
        } catch (IOException e) {
            streams.close();
            throw ExitCodes.start(e);
        }
    }

    private Answer waitFor(String condition) throws IOException {
        var target =
                Target.of("/containers/", attachment.id, "/wait").query("condition", condition);
        return engine.open("POST", target, null);
    }

    private Target attachTarget() {
        return Target.of("/containers/", attachment.id, "/attach")
                .query("stream", true)
                .query("stdin", attachment.stdin)
                .query("stdout", attachment.stdout)
                .query("stderr", attachment.stderr)
                .query("detachKeys", attachment.detachKeys);
    }

    /** The engine's {@code Error} is about the waiting, not the container. */
    static int exitCode(Answer waiting) throws IOException {
        Json ended = waiting.json();
        String error = ended.get("Error").text("Message");
        if (!error.isEmpty()) throw new CliException(ExitCodes.ENGINE, error);
        return (int) ended.number("StatusCode");
    }

    private void kill(String signal) {
        try {
            engine.post(Target.of("/containers/", attachment.id, "/kill").query("signal", signal));
        } catch (IOException e) {
            // it does not run (yet, or any more)
        }
    }

    private void followSize() throws InterruptedException {
        if (!attachment.terminal || !LocalTerminal.is(1)) return;
        resize(engine, Target.of("/containers/", attachment.id, "/resize"));
        Signals.onResize(() -> {
            try {
                resize(engine, Target.of("/containers/", attachment.id, "/resize"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Gives the process's terminal the size of ours; without one, or too late, nothing. */
    static void resize(ApiClient engine, Target target) throws InterruptedException {
        var size = LocalTerminal.size();
        if (size == null || size.rows() == 0) return;
        try {
            engine.post(
                    target.query("h", Integer.toString(size.rows()))
                            .query("w", Integer.toString(size.columns())));
        } catch (IOException e) {
            // the process has ended
        }
    }
}
