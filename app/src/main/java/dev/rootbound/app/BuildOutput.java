package dev.rootbound.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where {@code --output} has the result of a build go. */
sealed interface BuildOutput {
    /** The engine's store, under the build's tags. */
    record Store() implements BuildOutput {}

    /** Nowhere: its steps are in the cache. */
    record Nowhere() implements BuildOutput {}

    /** The tags' registries, by way of the engine's store. */
    record Registry() implements BuildOutput {}

    /** The image's files in a directory. */
    record Files(Path directory) implements BuildOutput {}

    /** The image's files as a tar. */
    record Tar(String file) implements BuildOutput {}

    /** The image as {@code save} writes it, which is Docker's format and an OCI layout at once. */
    record Archive(String file) implements BuildOutput {}

    static List<BuildOutput> of(Arguments arguments) {
        var outputs = new ArrayList<BuildOutput>();
        for (String output : arguments.all("output")) outputs.add(parse(output, arguments));
        boolean push = arguments.is("push");
        if (outputs.isEmpty() || arguments.is("load")) outputs.add(new Store());
        if (push) outputs.add(new Registry());
        if (outputs.contains(new Registry()) && arguments.all("tag").isEmpty())
            throw new CliException(1, "tag is needed when pushing to registry: -t names the image");
        return outputs;
    }

    private static BuildOutput parse(String text, Arguments arguments) {
        if (text.indexOf('=') < 0) return text.equals("-") ? tar("-") : new Files(Path.of(text));
        var fields = CommaFields.parse(text);
        String file = fields.getOrDefault("dest", "");
        return switch (fields.getOrDefault("type", "")) {
            case "docker" -> file.isEmpty() ? new Store() : new Archive(file);
            case "image" -> isPushed(fields) ? new Registry() : new Store();
            case "registry" -> new Registry();
            case "cacheonly" -> new Nowhere();
            case "local" -> {
                if (file.isEmpty())
                    throw arguments.invalid("output", text, "dest is required for local output");
                yield new Files(Path.of(file));
            }
            case "tar" -> tar(file.isEmpty() ? "-" : file);
            case "oci" -> {
                if (fields.getOrDefault("tar", "true").equals("false"))
                    throw arguments.invalid("output", text, "an OCI layout is written as a tar");
                yield new Archive(file.isEmpty() ? "-" : file);
            }
            case "" -> throw arguments.invalid("output", text, "type is required for output");
            default ->
                    throw arguments.invalid(
                            "output",
                            text,
                            "there are docker, image, registry, cacheonly, local, tar and oci");
        };
    }

    private static BuildOutput tar(String file) {
        return new Tar(file);
    }

    private static boolean isPushed(Map<String, String> fields) {
        return fields.getOrDefault("push", "false").equals("true");
    }
}
