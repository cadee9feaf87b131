package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Dockerfile, whole: its stages with their instructions, whose words are as they were written.
 * What depends on a build's arguments comes after it: {@link GlobalScope}, {@link Stages}, {@link
 * StageScope}. Reading takes time and memory in proportion to the text.
 *
 * @param name what messages call it
 * @param arguments the {@code ARG}s before the first stage
 * @param warnings what build checks say of how it is written; {@link Checks} has all of them
 */
public record Dockerfile(
        String name,
        Directives directives,
        List<Arg> arguments,
        List<Stage> stages,
        List<Warning> warnings) {
    public Dockerfile {
        arguments = List.copyOf(arguments);
        stages = List.copyOf(stages);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the text of a Dockerfile.
     *
     * @throws DockerfileException if it is none; the message shows where
     */
    public static Dockerfile parse(String name, String text) throws DockerfileException {
        var file = new SourceFile(name, text);
        var reader = new Reader(file);
        var collected = new Collected();
        int last = 0;
        for (var source = reader.next(); source != null; source = reader.next()) {
            collected.add(Statements.parse(source));
            last = source.location().line();
        }
        if (collected.from == null) {
            var end = new Location(Math.max(1, last), 1, Math.max(1, last));
            var missing = last == 0 ? "there is no instruction" : "there is no stage";
            throw file.error(end, 1, missing + " in it: FROM is expected");
        }
        collected.endStage();
        collected.warnings.addAll(0, reader.warnings());
        return new Dockerfile(
                name,
                reader.directives(),
                collected.arguments,
                collected.stages,
                collected.warnings);
    }

    /** What is read so far. */
    private static final class Collected {
        private final List<Arg> arguments = new ArrayList<>();
        private final List<Stage> stages = new ArrayList<>();
        private final List<Warning> warnings = new ArrayList<>();
        private final List<Instruction> instructions = new ArrayList<>();
        private @Nullable From from;

        void add(Statement statement) throws DockerfileException {
            StyleChecks.check(statement, warnings);
            switch (statement) {
                case From next -> {
                    endStage();
                    from = next;
                }
                case Instruction instruction when from != null -> instructions.add(instruction);
                case Arg arg -> arguments.add(arg);
                case Instruction instruction ->
                        throw instruction
                                .source()
                                .error(
                                        "no stage has begun: FROM is expected before this, and"
                                                + " only ARG can come before FROM");
            }
        }

        void endStage() {
            if (from == null) return;
            stages.add(new Stage(stages.size(), from, instructions));
            instructions.clear();
        }
    }

    /**
     * Reads one instruction: an {@code ONBUILD} trigger of an image's configuration.
     *
     * @throws DockerfileException if it is none, more than one, or one that no trigger can be
     */
    public static Instruction instruction(String text) throws DockerfileException {
        var reader = new Reader(new SourceFile("ONBUILD", text));
        var source = reader.next();
        if (source == null)
            throw new SourceFile("ONBUILD", text)
                    .error(new Location(1, 1, 1), 1, "an instruction is expected");
        var instruction = Statements.parseTrigger(source, 0);
        var second = reader.next();
        if (second != null) throw second.error("a trigger is one instruction; this is another");
        return instruction;
    }
}
