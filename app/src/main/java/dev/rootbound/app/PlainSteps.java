package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Steps in BuildKit's plain form: lines that begin with the step's number. */
final class PlainSteps implements StepView {
    private final OutputStream out;
    private int number;

    PlainSteps(OutputStream out) {
        this.out = out;
    }

    @Override
    public void begin(String title) throws IOException {
        number++;
        note(title);
    }

    @Override
    public void total(int steps) {}

    @Override
    public void note(String text) throws IOException {
        print("#" + number + " " + text + "\n");
    }

    @Override
    public void layer(String id, String status, Json detail) throws IOException {
        if (detail.number("total") == 0) note(id + ": " + status);
    }

    @Override
    public void line(String text, long at) throws IOException {
        note(seconds(at) + " " + text);
    }

    /** As lines of output begin. */
    static String seconds(long nanoseconds) {
        return String.format(Locale.ROOT, "%.3f", nanoseconds / 1e9);
    }

    @Override
    public void end(boolean cached, long took) throws IOException {
        note((cached ? "CACHED" : "DONE " + StepFrame.seconds(took)) + "\n");
    }

    @Override
    public void fail(String error) throws IOException {
        note("ERROR: " + error);
    }

    @Override
    public void close() {}

    private void print(String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }
}
