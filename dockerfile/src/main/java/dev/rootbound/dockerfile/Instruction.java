package dev.rootbound.dockerfile;

/**
 * An instruction of a stage. Its words are as in the file; {@link #expanded} gives the same
 * instruction with variables, quotes and escapes replaced, where the reference says that they are.
 */
public sealed interface Instruction extends Statement
        permits Add,
                Arg,
                Cmd,
                Copy,
                Entrypoint,
                Env,
                Expose,
                Healthcheck,
                Label,
                Maintainer,
                OnBuild,
                Run,
                Shell,
                StopSignal,
                User,
                Volume,
                Workdir {
    /**
     * The instruction with its words expanded; itself, if it has none that are.
     *
     * @throws DockerfileException if a word is malformed or says that a value must be set
     */
    default Instruction expanded(Variables variables) throws DockerfileException {
        return this;
    }
}
