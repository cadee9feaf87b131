package dev.rootbound.dockerfile;

import java.util.List;

/** {@code VOLUME}: directories that get a volume when none is given. */
public record Volume(Source source, List<String> paths) implements Instruction {
    public Volume {
        paths = List.copyOf(paths);
    }

    @Override
    public Volume expanded(Variables variables) throws DockerfileException {
        var expanded = new Words(source, variables).expand(paths);
        if (expanded.contains("")) throw source.error("VOLUME needs a path, and this is none");
        return new Volume(source, expanded);
    }
}
