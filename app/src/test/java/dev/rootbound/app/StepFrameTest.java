package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.app.StepFrame.Moment;
import dev.rootbound.app.StepFrame.State;
import dev.rootbound.app.StepFrame.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepFrameTest {
    private static final long SECOND = 1_000_000_000L;
    private static final LocalTerminal.Size SIZE = new LocalTerminal.Size(24, 40);

    private static List<String> lines(StepFrame frame, LocalTerminal.Size size, Step... steps) {
        return frame.lines(List.of(steps), new Moment(12 * SECOND, 3, false), size);
    }

    private static List<String> lines(Step... steps) {
        return lines(new StepFrame(false), SIZE, steps);
    }

    private static Step ended(State state) {
        var step = new Step("[1/3] FROM box", SECOND);
        step.end(state, 2 * SECOND);
        return step;
    }

    @Test
    void stepsHaveTheirTimesAtTheRightEdgeAndWhatRunsItsLastLines() {
        var running = new Step("[2/3] RUN make", 4 * SECOND);
        for (int i = 0; i < 9; i++) running.wrote("line " + i);
        assertThat(lines(ended(State.CACHED), running))
                .containsExactly(
                        "[+] Building 12.0s (1/5)",
                        " => CACHED [1/3] FROM box           2.0s",
                        " => [2/3] RUN make                  8.0s",
                        " => => # line 3",
                        " => => # line 4",
                        " => => # line 5",
                        " => => # line 6",
                        " => => # line 7",
                        " => => # line 8");
        running.end(State.DONE, 9 * SECOND);
        assertThat(lines(running))
                .containsExactly(
                        "[+] Building 12.0s (1/5)", " => [2/3] RUN make                  9.0s");
    }

    @Test
    void aNoteTakesThePlaceOfItsForerunner() {
        var step = new Step("[1/3] FROM box", SECOND);
        step.note("abc", "abc: Downloading");
        step.note("def", "def: Waiting");
        step.note("abc", "abc: Pull complete");
        assertThat(lines(step).subList(2, 4))
                .containsExactly(" => => abc: Pull complete", " => => def: Waiting");
    }

    @Test
    void noLineIsLongerThanTheTerminalIsWideAndNoFrameHigher() {
        var all = new ArrayList<Step>();
        for (int i = 0; i < 50; i++) all.add(new Step("x".repeat(99) + i, 0));
        all.add(new Step("[last]", 0));
        var small =
                lines(
                        new StepFrame(false),
                        new LocalTerminal.Size(5, 20),
                        all.toArray(Step[]::new));
        assertThat(small).hasSize(4).allMatch(line -> line.length() <= 20);
        assertThat(small.getLast()).isEqualTo(" => [last]     12.0s");
        assertThat(lines(new StepFrame(false), new LocalTerminal.Size(1, 1), all.getLast()))
                .hasSize(2);
        var last = new Moment(12 * SECOND, 3, true);
        assertThat(new StepFrame(false).lines(all, last, new LocalTerminal.Size(5, 20)))
                .hasSize(52)
                .allMatch(line -> line.length() <= 20);
    }

    @Test
    void whatACommandWritesMovesNoCursorAndSetsNoTitle() {
        var step = new Step("[1/1] RUN x", 0);
        step.wrote("10%\r20%\r\033[31mred\033[0m\033[2Jx\033]0;title\007\tend\b\r");
        assertThat(lines(step).getLast()).isEqualTo(" => => # redx end");
    }

    @Test
    void onlyWhatHasEndedIsColoured() {
        var coloured = new StepFrame(true);
        assertThat(lines(coloured, SIZE, ended(State.FAILED)).get(1))
                .startsWith("\033[31m => ERROR [1/3] FROM box")
                .endsWith("2.0s\033[0m");
        assertThat(lines(coloured, SIZE, ended(State.DONE)).get(1)).startsWith("\033[34m");
        assertThat(lines(coloured, SIZE, new Step("a", 0)).get(1)).startsWith(" => a");
    }
}
