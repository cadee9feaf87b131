package dev.rootbound.dockerfile;

/** {@code WORKDIR}: the directory of what follows; a relative one is below the last. */
public record Workdir(Source source, String path) implements Instruction {
    @Override
    public Workdir expanded(Variables variables) throws DockerfileException {
        return new Workdir(source, new Words(source, variables).expand(path));
    }
}
