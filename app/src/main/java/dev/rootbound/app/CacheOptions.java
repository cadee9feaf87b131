package dev.rootbound.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where {@code --cache-from} has steps looked for, and {@code --cache-to} kept for others. */
final class CacheOptions {
    /** What says of an image how it is packed, as caches are anyway. */
    private static final Map<String, Set<String>> HARMLESS =
            Map.of(
                    "oci-mediatypes", Set.of("true"),
                    "image-manifest", Set.of("true"),
                    "compression", Set.of("gzip"));

    private final List<String> references = new ArrayList<>();
    private final List<BuildContext> directories = new ArrayList<>();
    private final List<CacheExport> exports = new ArrayList<>();

    static CacheOptions of(Arguments arguments, Cli cli) throws IOException {
        var options = new CacheOptions();
        for (String source : arguments.all("cache-from")) options.from(arguments, source, cli);
        for (String target : arguments.all("cache-to")) options.exports.add(to(arguments, target));
        return options;
    }

    /** {@code NAME}, {@code type=registry,ref=NAME} or {@code type=local,src=DIR}. */
    private void from(Arguments arguments, String source, Cli cli) throws IOException {
        if (source.indexOf('=') < 0) {
            for (String name : source.split(",")) references.add(reference(name));
            return;
        }
        var fields = fields(arguments, "cache-from", source, Set.of("type", "ref", "src"));
        String type = fields.getOrDefault("type", "registry");
        String name = fields.getOrDefault("ref", "");
        String directory = fields.getOrDefault("src", "");
        if (type.equals("registry") && !name.isEmpty()) references.add(reference(name));
        else if (type.equals("local") && !directory.isEmpty()) directory(Path.of(directory), cli);
        else
            throw arguments.invalid(
                    "cache-from",
                    source,
                    "it is NAME, type=registry,ref=NAME or type=local,src=DIR");
    }

    /** The first build has no cache yet. */
    private void directory(Path directory, Cli cli) throws IOException {
        if (!Files.exists(directory.resolve(CacheExport.INDEX))) {
            cli.complain("[Warning] there is no build cache in " + directory);
            return;
        }
        directories.add(new DirectoryContext(directory.toRealPath()).files());
    }

    private static CacheExport to(Arguments arguments, String target) {
        var known = Set.of("type", "ref", "dest", "mode");
        var fields = fields(arguments, "cache-to", target, known);
        boolean bare = target.indexOf('=') < 0;
        String type = bare ? "registry" : fields.getOrDefault("type", "");
        String mode = fields.getOrDefault("mode", "min");
        if (!mode.equals("min") && !mode.equals("max"))
            throw arguments.invalid("cache-to", target, "mode is min or max");
        String name = bare ? target : fields.getOrDefault("ref", "");
        String directory = fields.getOrDefault("dest", "");
        if (type.equals("registry") && !name.isEmpty())
            return new CacheExport.Registry(mode, PullCommand.reference(name).withDefaultTag());
        if (type.equals("local") && !directory.isEmpty())
            return new CacheExport.Local(mode, Path.of(directory));
        throw arguments.invalid(
                "cache-to",
                target,
                type.equals("inline")
                        ? "images have no caches in them: type=registry,ref=NAME keeps one beside"
                        : "it is type=registry,ref=NAME or type=local,dest=DIR, with mode=min|max");
    }

    private static Map<String, String> fields(
            Arguments arguments, String option, String text, Set<String> known) {
        if (text.indexOf('=') < 0) return Map.of();
        var fields = CommaFields.parse(text);
        fields.forEach((name, value) -> {
            boolean harmless = HARMLESS.getOrDefault(name, Set.of()).contains(value);
            if (!known.contains(name) && !harmless)
                throw arguments.invalid(option, text, "unexpected key '" + name + "'");
        });
        return fields;
    }

    private static String reference(String name) {
        return String.valueOf(PullCommand.reference(name));
    }

    /** Refuses what cannot be written before anything is built. */
    void check() throws IOException {
        for (var export : exports) if (export instanceof CacheExport.Local local) local.check();
    }

    void addTo(Target target) {
        if (!references.isEmpty())
            target.query("cachefrom", JsonWriter.write(Json.Array.of(references)));
        if (!directories.isEmpty())
            target.query("cachearchives", Integer.toString(directories.size()));
        var modes = new TreeSet<String>();
        exports.forEach(export -> modes.add(export.mode()));
        modes.forEach(mode -> target.query("cacheto", mode));
    }

    /** The directories, one after another. */
    void writeTo(OutputStream out) throws IOException {
        for (var directory : directories) NamedContexts.writeTo(out, directory);
    }

    /**
     * @param steps by mode, as the engine has told of them
     */
    void export(Json steps, ApiClient engine, Cli cli) throws IOException, InterruptedException {
        for (var export : exports) {
            String asked = JsonWriter.write(steps.get(export.mode()));
            cli.complain("exporting the build cache to " + export.where());
            export.write(asked, engine, cli);
        }
    }
}
