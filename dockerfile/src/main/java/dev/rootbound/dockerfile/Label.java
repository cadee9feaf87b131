package dev.rootbound.dockerfile;

import java.util.List;

/** {@code LABEL}: what is said of the image. */
public record Label(Source source, List<KeyValue> pairs) implements Instruction {
    public Label {
        pairs = List.copyOf(pairs);
    }

    @Override
    public Label expanded(Variables variables) throws DockerfileException {
        return new Label(source, new Words(source, variables).expandPairs(pairs));
    }
}
