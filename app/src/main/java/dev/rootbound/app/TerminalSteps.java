package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Steps as BuildKit shows them on a terminal: all of them in place, drawn again as long as
 * something goes on.
 */
final class TerminalSteps implements StepView {
    private static final long REDRAWN = 100; // milliseconds
    private static final LocalTerminal.Size USUAL = new LocalTerminal.Size(24, 80);
    private static final String BEGIN = "\033[?25l\033[?7l"; // no cursor, no line is wrapped
    private static final String END = "\033[J\033[?7h\033[?25h";

    private final OutputStream out;
    private final StepFrame frame;
    private final Supplier<LocalTerminal.Size> size;
    private final LongSupplier nanos;
    private final long begun;

    // all guarded by this
    private final List<StepFrame.Step> steps = new ArrayList<>();
    private int total;
    private int drawn;
    private boolean closed;

    /**
     * @param size of the terminal, as it is now
     * @param nanos of a clock, from any time on
     */
    TerminalSteps(
            OutputStream out,
            StepFrame frame,
            Supplier<LocalTerminal.Size> size,
            LongSupplier nanos) {
        this.out = out;
        this.frame = frame;
        this.size = size;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    /** Draws on the user's terminal, by the clock. */
    static TerminalSteps on(OutputStream out, StepFrame frame) throws InterruptedException {
        var size = new AtomicReference<>(size());
        Signals.onResize(() -> {
            try {
                size.set(size());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var steps = new TerminalSteps(out, frame, size::get, System::nanoTime);
        Thread.ofPlatform().daemon().name("progress").start(steps::redraw);
        return steps;
    }

    /** Terminals that nobody looks at may have none. */
    private static LocalTerminal.Size size() throws InterruptedException {
        var size = LocalTerminal.size();
        return size == null || size.rows() < 1 || size.columns() < 1 ? USUAL : size;
    }

    private void redraw() {
        try {
            while (drawnAgain()) Thread.sleep(REDRAWN);
        } catch (IOException e) {
            // the terminal has gone; who reads the build's messages is told when it writes
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean drawnAgain() throws IOException {
        if (!closed) draw();
        return !closed;
    }

    private void draw() throws IOException {
        var now = new StepFrame.Moment(nanos.getAsLong() - begun, total, closed);
        var text = new StringBuilder(BEGIN).append('\r');
        if (drawn > 0) text.append("\033[").append(drawn).append('A');
        var lines = frame.lines(steps, now, size.get());
        for (String line : lines) text.append(line).append("\033[K\n");
        drawn = lines.size();
        out.write(text.append(END).toString().getBytes(UTF_8));
        out.flush();
    }

    private StepFrame.@Nullable Step last() {
        return steps.isEmpty() ? null : steps.getLast();
    }

    @Override
    public synchronized void begin(String title) {
        steps.add(new StepFrame.Step(title, nanos.getAsLong() - begun));
    }

    @Override
    public synchronized void total(int count) {
        total = count;
    }

    @Override
    public synchronized void note(String text) {
        var step = last();
        if (step != null) step.note(text, text);
    }

    @Override
    public synchronized void layer(String id, String status, Json detail) {
        long all = detail.number("total");
        String of =
                all == 0
                        ? ""
                        : " %s / %s"
                                .formatted(
                                        ByteSize.human(detail.number("current")),
                                        ByteSize.human(all));
        var step = last();
        if (step != null) step.note(id, id + ": " + status + of);
    }

    @Override
    public synchronized void line(String text, long at) {
        var step = last();
        if (step != null) step.wrote(text);
    }

    @Override
    public synchronized void end(boolean cached, long took) {
        var step = last();
        if (step != null) step.end(cached ? StepFrame.State.CACHED : StepFrame.State.DONE, took);
    }

    @Override
    public synchronized void fail(String error) throws IOException {
        var step = last();
        if (step != null && step.isRunning()) {
            step.end(StepFrame.State.FAILED, nanos.getAsLong() - begun - step.begun());
        }
        close();
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) return;
        closed = true;
        draw();
    }
}
