package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code RUN}: a command, whose changes of files are a layer. Variables in the command are the
 * shell's; only the values of mounts are expanded here.
 *
 * @param command as written; {@link #script} is what the shell gets
 * @param heredocs the texts below it
 */
public record Run(Source source, CommandLine command, List<Heredoc> heredocs, RunOptions options)
        implements Instruction {
    public Run {
        heredocs = List.copyOf(heredocs);
    }

    /**
     * The mounts, their options expanded.
     *
     * @throws DockerfileException if an option is not known, or is not one of that kind of mount
     */
    public List<RunMount> mounts(Variables variables) throws DockerfileException {
        var mounts = new ArrayList<RunMount>();
        for (var text : options.mounts()) {
            try {
                mounts.add(RunMount.parse(text, source.escape(), variables));
            } catch (ExpansionException | IllegalArgumentException e) {
                throw source.error(text, String.valueOf(e.getMessage()));
            }
        }
        return mounts;
    }

    /**
     * What the shell is given: a line that is nothing but a heredoc stands for its text, other
     * heredocs are the shell's own. Null in the exec form.
     */
    public @Nullable String script() {
        if (!(command instanceof CommandLine.ForShell(var line))) return null;
        if (heredocs.isEmpty()) return line;
        if (isHeredocAlone(line)) return heredocs.getFirst().text();
        var script = new StringBuilder(line);
        for (var heredoc : heredocs)
            script.append('\n').append(heredoc.content()).append(heredoc.name());
        return script.toString();
    }

    /** The heredoc that is a program of its own, as it begins with {@code #!}; else null. */
    public @Nullable Heredoc program() {
        if (!(command instanceof CommandLine.ForShell(var line))) return null;
        if (heredocs.isEmpty() || !isHeredocAlone(line)) return null;
        var heredoc = heredocs.getFirst();
        return heredoc.text().startsWith("#!") ? heredoc : null;
    }

    private static boolean isHeredocAlone(String line) {
        return Heredoc.named(line) != null;
    }
}
