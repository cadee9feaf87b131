package dev.rootbound.engine;

import dev.rootbound.runtime.Console;
import dev.rootbound.runtime.Monitor;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A client that is attached to a container, before or while it runs. */
final class LiveAttachment implements Engine.Attachment {
    private final Set<Engine.Stream> streams;
    private final boolean stdin;
    private final Engine.Output output;
    private final List<LiveAttachment> all;
    private final Runnable onDetach;
    private final CountDownLatch connected = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Console console;
    private volatile boolean left;

    LiveAttachment(
            Set<Engine.Stream> streams,
            boolean stdin,
            Engine.Output output,
            List<LiveAttachment> all,
            Runnable onDetach) {
        this.streams = Set.copyOf(streams);
        this.stdin = stdin;
        this.output = output;
        this.all = all;
        this.onDetach = onDetach;
        all.add(this);
    }

    /**
     * The container's process exists: from now on its output is copied. False for a client that has
     * left, or that still reads what the last run wrote.
     */
    boolean connect(Monitor monitor) throws IOException {
        if (console != null) {
            return false;
        }
        var opened = monitor.attach();
        if (!take(opened)) {
            opened.close(); // the client left meanwhile
            return false;
        }
        Thread.ofVirtual().name("attach").start(() -> pump(opened));
        return true;
    }

    private synchronized boolean take(Console opened) {
        if (ended.getCount() == 0) {
            return false;
        }
        console = opened;
        connected.countDown();
        return true;
    }

    private void pump(Console from) {
        try (from) {
            from.pump((stream, bytes, offset, length) -> {
                var which = stream == 2 ? Engine.Stream.STDERR : Engine.Stream.STDOUT;
                if (streams.contains(which) && !left) {
                    output.write(which, bytes, offset, length);
                }
            });
        } catch (IOException | IllegalStateException e) {
            // the client is gone; the container goes on without it
        } finally {
            end();
        }
    }

    /** The container has ended, or will not start. */
    synchronized void end() {
        all.remove(this);
        connected.countDown();
        ended.countDown();
    }

    /** The container has ended; one that was connected ends when all output has been copied. */
    synchronized void endUnconnected() {
        if (console == null) {
            end();
        }
    }

    /** Where input goes; nowhere if the client sends none or the process never was. */
    private @Nullable Console input() throws IOException {
        if (!stdin) {
            return null;
        }
        try {
            connected.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the container to start", e);
        }
        return ended.getCount() == 0 ? null : console;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        var to = input();
        if (to != null) {
            to.write(bytes, offset, length);
        }
    }

    @Override
    public void endInput() throws IOException {
        var to = input();
        if (to != null) {
            to.endInput();
        }
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void detach() {
        onDetach.run();
        close();
    }

    @Override
    public synchronized void close() {
        var open = console;
        left = true;
        if (open != null && ended.getCount() > 0) {
            open.detach(); // the pump ends
        } else {
            end();
        }
    }
}
