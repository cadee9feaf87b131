package dev.rootbound.dockerfile;

/** {@code STOPSIGNAL}: what ends a container, a name or a number, which is not looked at here. */
public record StopSignal(Source source, String signal) implements Instruction {
    @Override
    public StopSignal expanded(Variables variables) throws DockerfileException {
        return new StopSignal(source, new Words(source, variables).expand(signal));
    }
}
