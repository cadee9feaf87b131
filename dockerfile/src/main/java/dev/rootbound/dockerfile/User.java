package dev.rootbound.dockerfile;

/** {@code USER}: who later commands and the container's process are, as {@code user[:group]}. */
public record User(Source source, String user) implements Instruction {
    @Override
    public User expanded(Variables variables) throws DockerfileException {
        return new User(source, new Words(source, variables).expand(user));
    }
}
