package dev.rootbound.dockerfile;

import java.util.List;

/** {@code ENV}: variables of the image. All are expanded with the values from before. */
public record Env(Source source, List<KeyValue> pairs) implements Instruction {
    public Env {
        pairs = List.copyOf(pairs);
    }

    @Override
    public Env expanded(Variables variables) throws DockerfileException {
        return new Env(source, new Words(source, variables).expandPairs(pairs));
    }
}
