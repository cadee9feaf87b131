package dev.rootbound.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What the prune commands have in common. */
final class Pruning {
    /** As {@code units.HumanSize}. */
    private static final int DIGITS = 4;

    private final Arguments arguments;
    private final Cli cli;
    private final StringBuilder text = new StringBuilder();
    private long reclaimed;

    Pruning(Arguments arguments, Cli cli) {
        this.arguments = arguments;
        this.cli = cli;
    }

    static Flags flags(String usage, String help) {
        return new Flags(usage, help)
                .value("filter", "filter", "Provide filter values (e.g. \"until=24h\")")
                .flag("force", 'f', "Do not prompt for confirmation")
                .arguments(0, 0);
    }

    /** Whether the user agrees; as in Docker, one who does not is no error. */
    boolean isConfirmed(String warning) throws IOException {
        if (arguments.is("force")) return true;
        cli.print("WARNING! " + warning + "\nAre you sure you want to continue? [y/N] ");
        var in = new BufferedReader(new InputStreamReader(cli.in(), StandardCharsets.UTF_8));
        String answer = in.readLine();
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }

    void containers(ApiClient engine) throws IOException {
        var target = Target.of("/containers/prune").query("filters", Filters.json(arguments));
        Json pruned = engine.post(target, new Json.Members());
        var ids = pruned.texts("ContainersDeleted");
        if (!ids.isEmpty())
            text.append("Deleted Containers:\n").append(String.join("\n", ids)).append("\n\n");
        reclaimed += pruned.number("SpaceReclaimed");
    }

    void images(ApiClient engine) throws IOException {
        var dangling = Map.of("dangling", Boolean.toString(!arguments.is("all")));
        var target = Target.of("/images/prune").query("filters", Filters.json(arguments, dangling));
        Json pruned = engine.post(target, new Json.Members());
        var removals = pruned.get("ImagesDeleted").items();
        if (!removals.isEmpty()) text.append("Deleted Images:\n");
        for (Json removal : removals) {
            String name = removal.text("Untagged");
            text.append(
                            name.isEmpty()
                                    ? "deleted: " + removal.text("Deleted")
                                    : "untagged: " + name)
                    .append('\n');
        }
        if (!removals.isEmpty()) text.append('\n');
        reclaimed += pruned.number("SpaceReclaimed");
    }

    /**
     * @param all also those that have a name
     */
    void volumes(ApiClient engine, boolean all) throws IOException {
        Map<String, String> named = all ? Map.of("all", "true") : Map.of();
        var target = Target.of("/volumes/prune").query("filters", Filters.json(arguments, named));
        Json pruned = engine.post(target, new Json.Members());
        var names = pruned.texts("VolumesDeleted");
        if (!names.isEmpty())
            text.append("Deleted Volumes:\n").append(String.join("\n", names)).append("\n\n");
        reclaimed += pruned.number("SpaceReclaimed");
    }

    void buildCache(ApiClient engine) throws IOException {
        var target =
                Target.of("/build/prune")
                        .query("all", arguments.is("all"))
                        .query("filters", Filters.json(arguments));
        Json pruned = engine.post(target, new Json.Members());
        var ids = pruned.texts("CachesDeleted");
        if (!ids.isEmpty())
            text.append("Deleted build cache objects:\n")
                    .append(String.join("\n", ids))
                    .append("\n\n");
        reclaimed += pruned.number("SpaceReclaimed");
    }

    void networks(ApiClient engine) throws IOException {
        var target = Target.of("/networks/prune").query("filters", Filters.json(arguments));
        var names = engine.post(target, new Json.Members()).texts("NetworksDeleted");
        if (!names.isEmpty())
            text.append("Deleted Networks:\n").append(String.join("\n", names)).append("\n\n");
    }

    /** Of what takes no space. */
    void printNames() {
        if (!text.isEmpty()) cli.print(text.substring(0, text.length() - 1));
    }

    void print() {
        cli.print(text + "Total reclaimed space: " + ByteSize.human(reclaimed, DIGITS) + "\n");
    }
}
