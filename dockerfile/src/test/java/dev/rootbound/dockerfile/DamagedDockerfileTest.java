package dev.rootbound.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DamagedDockerfileTest {
    private static final int ROUNDS = 30_000;
    private static final String INTERESTING = "\"'\\`$ {}[]<-=#:/%?*\n\t\r,!\u0000\u00e4\ud800EOF";

    @Test
    @Timeout(60)
    void aDamagedDockerfileIsReadOrRefusedAndNothingElse() {
        var random = new Random(20261123);
        var cases = Golden.all();
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var whole = cases.get(random.nextInt(cases.size())).input();
            if (!isRead(damaged(whole, random))) refused++;
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    @Test
    @Timeout(60)
    void aDamagedIgnoreFileIsReadOrRefusedAndNothingElse() {
        var random = new Random(20261123);
        for (int round = 0; round < ROUNDS; round++)
            isIgnoreRead(damaged("a/**/b\n!*.c\n[a-z]?\\*\n**/x/**\n", random));
    }

    /** Whatever the text: read, checked and expanded; false if it is refused as it should be. */
    static boolean isRead(String text) {
        Dockerfile file;
        try {
            file = Dockerfile.parse("Dockerfile", text);
        } catch (DockerfileException e) {
            isShown(e, text);
            return false;
        }
        assertThat(file.stages()).isNotEmpty();
        for (var warning : Checks.of(file, CheckInput.NOTHING))
            assertThat(warning.location().line()).isPositive();
        for (var stage : file.stages())
            for (var instruction : stage.instructions()) isConsistent(instruction);
        Dump.of(text, Map.of("a", "1"));
        return true;
    }

    private static void isConsistent(Instruction instruction) {
        var location = instruction.location();
        assertThat(location.lastLine()).isGreaterThanOrEqualTo(location.line());
        assertThat(instruction.original()).isNotEmpty().doesNotContain("\n");
        assertThat(instruction.shown(Variables.NONE)).isNotEmpty();
        if (!(instruction instanceof OnBuild onBuild)) return;
        try {
            Dockerfile.instruction(onBuild.trigger());
        } catch (DockerfileException e) {
            // the base image's trigger has the default escape character
            assertThat(e.problem()).isNotEmpty();
        }
    }

    private static void isShown(DockerfileException e, String text) {
        assertThat(e.getMessage()).startsWith("Dockerfile:" + e.location() + ": " + e.problem());
        assertThat(e.location().line()).isBetween(1, text.split("\n", -1).length);
        assertThat(e.location().column()).isPositive();
    }

    /** Whatever the text. */
    static void isIgnoreRead(String text) {
        try {
            var ignore = Ignore.parse(".dockerignore", text);
            for (var path : new String[] {"a/b", "x.c", "a", "", "/", "a//b/../c"})
                ignore.excludes(path);
        } catch (DockerfileException e) {
            assertThat(e.getMessage()).startsWith(".dockerignore:" + e.location());
        }
    }

    private static String damaged(String whole, Random random) {
        var text = new StringBuilder(whole);
        for (int changes = 1 + random.nextInt(4); changes > 0 && !text.isEmpty(); changes--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.setCharAt(at, character(random));
                default -> text.insert(at, character(random));
            }
        }
        return text.toString();
    }

    private static char character(Random random) {
        return INTERESTING.charAt(random.nextInt(INTERESTING.length()));
    }
}
