package dev.rootbound.app;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a terminal shows of a build's steps at a moment, in BuildKit's form. Pure.
 *
 * @param coloured whether steps that have ended have colours
 */
record StepFrame(boolean coloured) {
    /** Of a command's output, as long as it runs. */
    private static final int MOST_LINES = 6;

    /** ECMA-48's sequences, and what else is no character to see. */
    private static final Pattern CONTROLS =
            Pattern.compile("\033\\[[0-?]*[ -/]*[@-~]|\033\\][^\007\033]*|\033[@-Z\\\\^_]|\\p{Cc}");

    private static final String RED = "\033[31m";
    private static final String BLUE = "\033[34m";
    private static final String PLAIN = "\033[0m";

    /** What has become of a step. */
    enum State {
        RUNNING(""),
        DONE(""),
        CACHED("CACHED "),
        FAILED("ERROR ");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    /**
     * A moment of a build.
     *
     * @param nanos since its begin
     * @param total steps of its Dockerfile; 0: not known yet
     * @param isLast whether nothing follows
     */
    record Moment(long nanos, int total, boolean isLast) {}

    /** A step as it goes on. */
    static final class Step {
        private final String title;
        private final long begun;
        private final Map<String, String> notes = new LinkedHashMap<>();
        private final Deque<String> lines = new ArrayDeque<>();
        private State state = State.RUNNING;
        private long took;

        /**
         * @param begun nanoseconds since the build's begin
         */
        Step(String title, long begun) {
            this.title = title;
            this.begun = begun;
        }

        long begun() {
            return begun;
        }

        boolean isRunning() {
            return state == State.RUNNING;
        }

        /** Takes the place of an earlier note with this key. */
        void note(String key, String text) {
            notes.put(key, text);
        }

        void wrote(String line) {
            lines.add(line);
            if (lines.size() > MOST_LINES) lines.remove();
        }

        void end(State became, long nanos) {
            state = became;
            took = nanos;
        }

        private long took(long now) {
            return isRunning() ? now - begun : took;
        }
    }

    /** No more than the terminal has below each other, the last ones then; at last all. */
    List<String> lines(List<Step> steps, Moment now, LocalTerminal.Size size) {
        var all = new ArrayList<String>();
        for (var step : steps) add(all, step, now.nanos(), size.columns());
        int room = Math.max(1, size.rows() - 2); // the header, and where the cursor is
        int hidden = now.isLast() ? 0 : Math.max(0, all.size() - room);
        var shown = new ArrayList<>(List.of(header(steps, now, size.columns())));
        shown.addAll(all.subList(hidden, all.size()));
        return shown;
    }

    /** Besides the Dockerfile's steps there are the context and what is made of it. */
    private static String header(List<Step> steps, Moment now, int columns) {
        long ended = steps.stream().filter(step -> !step.isRunning()).count();
        int known = now.total() == 0 ? 0 : now.total() + 2;
        int total = now.isLast() ? steps.size() : Math.max(steps.size(), known);
        return cut(
                "[+] Building %s (%d/%d)%s"
                        .formatted(
                                seconds(now.nanos()),
                                ended,
                                total,
                                now.isLast() ? " FINISHED" : ""),
                columns);
    }

    private void add(List<String> all, Step step, long now, int columns) {
        String colour =
                switch (step.state) {
                    case RUNNING -> "";
                    case DONE, CACHED -> BLUE;
                    case FAILED -> RED;
                };
        String title = " => " + step.state.word + shown(step.title);
        all.add(coloured(colour, timed(title, seconds(step.took(now)), columns)));
        for (String note : step.notes.values())
            all.add(coloured(colour, cut(" => => " + shown(note), columns)));
        if (!step.isRunning()) return;
        for (String line : step.lines) all.add(cut(" => => # " + shown(line), columns));
    }

    private String coloured(String colour, String line) {
        return coloured && !colour.isEmpty() ? colour + line + PLAIN : line;
    }

    /** The time at the right edge. */
    private static String timed(String left, String time, int columns) {
        String text = cut(left, columns - time.length() - 1);
        int gap = columns - time.length() - text.codePointCount(0, text.length());
        return text + " ".repeat(Math.max(1, gap)) + time;
    }

    private static String cut(String text, int columns) {
        int most = Math.max(0, columns);
        if (text.codePointCount(0, text.length()) <= most) return text;
        return text.substring(0, text.offsetByCodePoints(0, most));
    }

    /** What a terminal would show of it at last, in one line. */
    private static String shown(String text) {
        String stripped = text.stripTrailing();
        String last = stripped.substring(stripped.lastIndexOf('\r') + 1);
        return CONTROLS.matcher(last.replaceAll("[\t\n]", " ")).replaceAll("");
    }

    /** As steps that have ended have them. */
    static String seconds(long nanoseconds) {
        return String.format(Locale.ROOT, "%.1fs", nanoseconds / 1e9);
    }
}
