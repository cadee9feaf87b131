package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The steps of a build, made of the classic builder's messages. What these say of a step and what
 * its command writes is told apart by its form only: a command can confuse this view, and nothing
 * else.
 */
final class BuildSteps implements BuildView {
    private static final Pattern STEP =
            Pattern.compile("Step (\\d+)/(\\d+) : (.*)", Pattern.DOTALL);
    private static final Pattern STAGE =
            Pattern.compile("(?i)FROM\\s.*\\sAS\\s+(\\S+)\\s*", Pattern.DOTALL);
    private static final Pattern ENDED = Pattern.compile(" ---> [0-9a-f]{12}\n");
    private static final String CACHED = " ---> Using cache\n";
    private static final String TAGGED = "Successfully tagged ";

    /** Lines of a command that are shown again when it fails, as BuildKit does. */
    private static final int MOST_LAST_LINES = 10;

    private final StepView view;
    private final OutputStream failures;
    private final LongSupplier nanos;

    private boolean open;
    private String title = "";
    private String stage = "";
    private long begun;

    /** The step has no more messages, unless this was its command's output. */
    private String end = "";

    private long ended;
    private boolean cached;
    private boolean newLine;
    private final StringBuilder line = new StringBuilder();
    private final Deque<String> lastLines = new ArrayDeque<>();

    /** What the image is, then its names. */
    private final List<String> results = new ArrayList<>();

    /**
     * @param failures where it goes what a failing command wrote last
     * @param nanos of a clock, from any time on
     */
    BuildSteps(StepView view, OutputStream failures, LongSupplier nanos) throws IOException {
        this.view = view;
        this.failures = failures;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        begin("[internal] load build context");
    }

    @Override
    public void sent(long bytes) throws IOException {
        view.note("transferring context: " + ByteSize.human(bytes) + " done");
        finish();
    }

    @Override
    public void said(String json, Json message) throws IOException {
        String id = message.get("aux").text("ID");
        if (!id.isEmpty()) {
            finish();
            results.add("writing image " + id + " done");
        }
        String status = message.text("status");
        if (!status.isEmpty()) pulled(message, status);
        String text = message.text("stream");
        if (!text.isEmpty()) streamed(text);
    }

    private void pulled(Json message, String status) throws IOException {
        String id = message.text("id");
        if (id.isEmpty()) view.note(status);
        else view.layer(id, status, message.get("progressDetail"));
    }

    private void streamed(String text) throws IOException {
        var step = STEP.matcher(text);
        boolean separate = newLine && text.equals("\n");
        newLine = false;
        if (separate) return;
        if (step.matches()) {
            finish();
            view.total(Integer.parseInt(step.group(2)));
            begin(step.group(1), step.group(2), step.group(3).strip());
            newLine = !text.endsWith("\n");
        } else if (!results.isEmpty()) {
            if (text.startsWith(TAGGED))
                results.add("naming to " + text.substring(TAGGED.length()).strip() + " done");
        } else if (open && text.equals(CACHED)) {
            cached = true;
        } else if (open && ENDED.matcher(text).matches()) {
            output(end);
            end = text;
            ended = nanos.getAsLong();
        } else {
            output(end);
            end = "";
            output(text);
        }
    }

    private void begin(String step, String total, String instruction) throws IOException {
        var named = STAGE.matcher(instruction);
        boolean from = instruction.regionMatches(true, 0, "FROM", 0, 4);
        if (from) stage = named.matches() ? named.group(1) + " " : "";
        begin("[" + stage + step + "/" + total + "] " + instruction);
    }

    private void begin(String what) throws IOException {
        open = true;
        title = what;
        cached = false;
        lastLines.clear();
        view.begin(what);
    }

    /** Ends the step that has begun, if one has. */
    private void finish() throws IOException {
        if (!open) return;
        flushLine();
        long at = end.isEmpty() ? nanos.getAsLong() : ended;
        view.end(cached, at - begun);
        open = false;
        end = "";
        begun = nanos.getAsLong();
    }

    @Override
    public void ended() throws IOException {
        finish();
        if (results.isEmpty()) return;
        begin("exporting to image");
        for (String result : results) view.note(result);
        finish();
    }

    @Override
    public void failed(String error) throws IOException {
        flushLine();
        view.fail(error);
        if (!open) return;
        var text = new StringBuilder("------\n > ").append(title).append(":\n");
        for (String last : lastLines) text.append(last).append('\n');
        failures.write(text.append("------\n").toString().getBytes(UTF_8));
        failures.flush();
    }

    /** What a command writes, line by line with the time since it began. */
    private void output(String text) throws IOException {
        int from = 0;
        for (int to; (to = text.indexOf('\n', from)) >= 0; from = to + 1) {
            line.append(text, from, to);
            endLine();
        }
        line.append(text, from, text.length());
    }

    private void flushLine() throws IOException {
        if (!line.isEmpty()) endLine();
    }

    private void endLine() throws IOException {
        String written = line.toString();
        long at = nanos.getAsLong() - begun;
        line.setLength(0);
        view.line(written, at);
        lastLines.add(PlainSteps.seconds(at) + " " + written);
        if (lastLines.size() > MOST_LAST_LINES) lastLines.remove();
    }

    @Override
    public void close() throws IOException {
        view.close();
    }
}
