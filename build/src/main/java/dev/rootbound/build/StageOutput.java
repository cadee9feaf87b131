package dev.rootbound.build;

import dev.rootbound.engine.Engine;
import dev.rootbound.image.Reference;
import dev.rootbound.image.TransferProgress;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells the progress of one stage when those before it have told all of theirs: stages are built at
 * the same time and shown one after another. Who has too much to tell waits.
 */
final class StageOutput implements Engine.Output, AutoCloseable {
    /** Bytes that a stage has ready before it waits for its turn. */
    private static final long MOST = 1 << 20;

    private static final int SMALL = 200;

    /** The stages of one build, in the order in which they are shown. */
    static final class Order {
        private final BuildProgress progress;
        private final int total;
        private final List<StageOutput> stages = new ArrayList<>();
        private int current;
        private int steps;

        /**
         * @param total of the steps of all stages
         */
        Order(BuildProgress progress, int total) {
            this.progress = progress;
            this.total = total;
        }

        /**
         * The next stage.
         *
         * @param count of its steps
         */
        synchronized StageOutput add(int count) {
            var stage = new StageOutput(this, stages.size(), steps);
            steps += count;
            stages.add(stage);
            return stage;
        }
    }

    private final Order order;
    private final int number;

    /** The number of the last step that has begun. */
    private int step;

    // guarded by order
    private final Deque<Consumer<BuildProgress>> waiting = new ArrayDeque<>();
    private long size;
    private boolean ended;

    private StageOutput(Order order, int number, int step) {
        this.order = order;
        this.number = number;
        this.step = step;
    }

    private void say(long bytes, Consumer<BuildProgress> event) throws InterruptedException {
        synchronized (order) {
            while (order.current < number && size > MOST) order.wait();
            if (order.current == number) {
                event.accept(order.progress);
            } else if (order.current < number) {
                waiting.add(event);
                size += bytes;
            }
        }
    }

    void step(String instruction) throws InterruptedException {
        int now = ++step;
        say(SMALL, progress -> progress.step(now, order.total, instruction));
    }

    void trigger(String instruction) throws InterruptedException {
        say(SMALL, progress -> progress.trigger(instruction));
    }

    void cached() throws InterruptedException {
        say(SMALL, BuildProgress::cached);
    }

    void done(Digest files) throws InterruptedException {
        say(SMALL, progress -> progress.done(files.hex()));
    }

    void warn(String warning) {
        try {
            say(SMALL, progress -> progress.warn(warning));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void write(Engine.Stream stream, byte[] bytes, int offset, int length)
            throws IOException {
        var kept = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        try {
            say(length, progress -> progress.output(stream, kept, 0, kept.length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the build was given up");
        }
    }

    TransferProgress pulling() {
        return new TransferProgress() {
            @Override
            public void image(Reference reference) {
                tell(pull -> pull.image(reference));
            }

            @Override
            public void layer(Digest layer, Step at, long done, long of) {
                tell(pull -> pull.layer(layer, at, done, of));
            }

            private void tell(Consumer<TransferProgress> event) {
                try {
                    say(SMALL, progress -> event.accept(progress.pulling()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    /** The stage has nothing more to tell. */
    @Override
    public void close() {
        synchronized (order) {
            ended = true;
            try {
                while (order.current < order.stages.size()
                        && order.stages.get(order.current).ended) {
                    if (++order.current < order.stages.size())
                        order.stages.get(order.current).catchUp();
                }
            } finally { // nobody waits for a client that has gone
                order.notifyAll();
            }
        }
    }

    private void catchUp() {
        waiting.forEach(event -> event.accept(order.progress));
        waiting.clear();
        size = 0;
    }
}
