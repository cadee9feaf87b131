package dev.rootbound.docker;

import dev.rootbound.engine.ImageFiles;
import dev.rootbound.oci.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Docker's request for a commit: a query, and a configuration as its body. */
final class AskedCommit {
    private AskedCommit() {}

    /**
     * @param config an object without fields if the request says nothing
     * @param origin of the container: Docker's ports and volumes of it are the image's too
     */
    static ImageFiles.Commit of(Query query, Fields config, String origin) {
        var tag = query.text("tag");
        var name = query.text("repo");
        var created = Fields.of(Json.objectOrEmpty(origin));
        return new ImageFiles.Commit(
                name.isEmpty() || tag.isEmpty() ? name : name + ":" + tag,
                query.text("author"),
                query.text("comment"),
                !query.has("pause") || query.flag("pause"),
                query.all("changes").stream()
                        .flatMap(String::lines)
                        .filter(line -> !line.isBlank())
                        .toList(),
                config(config),
                names(created, "ExposedPorts"),
                names(created, "Volumes"));
    }

    private static ImageConfig.Defaults config(Fields config) {
        var health = AskedHealth.of(config);
        return new ImageConfig.Defaults(
                config.text("User"),
                config.texts("Env"),
                orEmpty(config.command("Entrypoint")),
                orEmpty(config.command("Cmd")),
                config.text("WorkingDir"),
                config.map("Labels"),
                names(config, "Volumes"),
                names(config, "ExposedPorts"),
                config.text("StopSignal"),
                health == null ? null : health.toImage(),
                config.texts("Shell"));
    }

    private static List<String> orEmpty(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private static List<String> names(Fields fields, String field) {
        var names = new ArrayList<String>();
        fields.object(field).names().forEach(names::add);
        return names;
    }
}
