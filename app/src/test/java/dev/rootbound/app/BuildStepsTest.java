package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BuildStepsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream failures = new ByteArrayOutputStream();
    private long now;

    /** Each look at the clock finds a tenth of a second more. */
    private final BuildSteps view;

    BuildStepsTest() throws IOException {
        view = new BuildSteps(new PlainSteps(out), failures, () -> now += 100_000_000);
    }

    private String read(String... messages) throws IOException {
        var lines = String.join("\n", messages).getBytes(UTF_8);
        return BuildMessages.read(new ByteArrayInputStream(lines), view).id();
    }

    private static String stream(String text) {
        return JsonWriter.write(new Json.Members().with("stream", text));
    }

    @Test
    void stepsAreShownAsBuildKitShowsThem() throws IOException {
        view.sent(3072);
        var id =
                read(
                        stream("Step 1/3 : FROM busybox AS one"),
                        stream("\n"),
                        "{\"status\":\"Pulling fs layer\",\"id\":\"abc\",\"progressDetail\":{}}",
                        "{\"status\":\"Downloading\",\"id\":\"abc\",\"progressDetail\":"
                                + "{\"current\":1,\"total\":2}}",
                        stream(" ---> 0123456789ab\n"),
                        stream("Step 2/3 : RUN echo a"),
                        stream("\n"),
                        stream("a\nhalf "),
                        stream("a line\n\nno end"),
                        stream(" ---> 0123456789ab\n"),
                        stream("Step 3/3 : COPY . ."),
                        stream("\n"),
                        stream(" ---> Using cache\n"),
                        stream(" ---> 0123456789ab\n"),
                        "{\"aux\":{\"ID\":\"sha256:ab\"}}",
                        stream("Successfully built ab\n"),
                        stream("Successfully tagged x:latest\n"));
        assertThat(id).isEqualTo("sha256:ab");
        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        """
                        #1 [internal] load build context
                        #1 transferring context: 3.07kB done
                        #1 DONE 0.1s

                        #2 [one 1/3] FROM busybox AS one
                        #2 abc: Pulling fs layer
                        #2 DONE 0.1s

                        #3 [one 2/3] RUN echo a
                        #3 0.100 a
                        #3 0.200 half a line
                        #3 0.300\s
                        #3 0.500 no end
                        #3 DONE 0.4s

                        #4 [one 3/3] COPY . .
                        #4 CACHED

                        #5 exporting to image
                        #5 writing image sha256:ab done
                        #5 naming to x:latest done
                        #5 DONE 0.1s

                        """);
    }

    @Test
    void aCommandThatWritesWhatTheEngineWouldIsShownAndBelieved() throws IOException {
        var id =
                read(
                        stream("Step 1/1 : RUN x"),
                        stream("\n"),
                        stream(" ---> 0123456789ab\n"),
                        stream("and more\n"),
                        stream("{\"aux\":{\"ID\":\"sha256:forged\"}}\n"),
                        stream(" ---> ba9876543210\n"),
                        "{\"aux\":{\"ID\":\"sha256:ab\"}}");
        assertThat(id).isEqualTo("sha256:ab");
        assertThat(out.toString(UTF_8)).contains(" ---> 0123456789ab\n", " and more\n", "forged");
    }

    @Test
    void aTerminalShowsAllStepsInPlaceAndEndsWithWhatTheyBecame() throws IOException {
        var size = new LocalTerminal.Size(24, 60);
        var frame = new StepFrame(false);
        var out = new ByteArrayOutputStream();
        var steps = new TerminalSteps(out, frame, () -> size, () -> now += 100_000_000);
        var shown = new BuildSteps(steps, failures, () -> now += 100_000_000);
        shown.sent(10);
        var lines =
                String.join(
                        "\n",
                        stream("Step 1/2 : FROM busybox"),
                        stream(" ---> 0123456789ab\n"),
                        stream("Step 2/2 : RUN x"),
                        stream("one\n"),
                        "{\"errorDetail\":{\"message\":\"it failed: 3\",\"code\":3}}");
        assertThatThrownBy(() ->
                        BuildMessages.read(new ByteArrayInputStream(lines.getBytes(UTF_8)), shown))
                .hasMessage("it failed: 3");
        shown.close(); // again
        var text = out.toString(UTF_8);
        assertThat(text).startsWith("\033[?25l\033[?7l\r").endsWith("\033[J\033[?7h\033[?25h");
        assertThat(text.replaceAll("\033\\[[?0-9]*[a-zA-Z]|\r", "").lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .matches("\\[\\+] Building [0-9.]+s \\(3/3\\) FINISHED"),
                        line ->
                                assertThat(line)
                                        .matches(" => \\[internal] load build context +[0-9.]+s"),
                        line -> assertThat(line).isEqualTo(" => => transferring context: 10B done"),
                        line -> assertThat(line).matches(" => \\[1/2] FROM busybox +[0-9.]+s"),
                        line -> assertThat(line).matches(" => ERROR \\[2/2] RUN x +[0-9.]+s"));
        assertThat(failures.toString(UTF_8)).contains(" > [2/2] RUN x:\n", " one\n");
    }

    @Test
    void whatFailsIsShownAgainWithItsLastLines() {
        assertThatThrownBy(() ->
                        read(
                                stream("Step 1/1 : RUN x"),
                                stream("\n"),
                                stream("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11"),
                                "{\"errorDetail\":{\"message\":\"it failed: 3\",\"code\":3}}"))
                .isInstanceOf(CliException.class)
                .hasMessage("it failed: 3");
        assertThat(failures.toString(UTF_8))
                .startsWith("------\n > [1/1] RUN x:\n0.200 2\n")
                .endsWith(" 11\n------\n");
    }

    @Test
    void anAnswerWithoutAnImageIsAnError() {
        assertThatThrownBy(() -> read(stream("Step 1/1 : RUN x")))
                .isInstanceOf(EngineGoneException.class);
    }
}
