package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rootbound ps}. */
final class PsCommand implements Command {
    private static final int SHOWN_COMMAND = 20;

    @Override
    public Flags flags() {
        return new Flags("ps [OPTIONS]", "List containers")
                .flag("all", 'a', "Show all containers (default shows just running)")
                .flag("all-tenants", "Show every tenant's containers, and whose they are (root)")
                .value("filter", 'f', "filter", "Filter output based on conditions provided")
                .value("format", "string", "Only json: one object a line")
                .value("last", 'n', "int", "Show n last created containers (includes all states)")
                .flag("latest", 'l', "Show the latest created container (includes all states)")
                .flag("no-trunc", "Don't truncate output")
                .flag("quiet", 'q', "Only display container IDs")
                .flag("size", 's', "Display total file sizes")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        long limit = arguments.is("latest") ? 1 : arguments.number("last");
        var target =
                Target.of("/containers/json")
                        .query("all", arguments.is("all"))
                        .query("limit", limit > 0 ? "" + limit : "")
                        .query("size", arguments.is("size"))
                        .query("filters", Filters.json(arguments, tenants(arguments)));
        Format.refuseTemplates(arguments);
        List<Json> containers = cli.engine().get(target).items();
        if (arguments.is("quiet")) ids(containers, arguments, cli);
        else if (arguments.has("format")) Format.lines(rows(containers, arguments, cli), cli);
        else cli.print(table(containers, arguments, cli.clock().instant().getEpochSecond()));
        return 0;
    }

    private static Map<String, String> tenants(Arguments arguments) {
        return arguments.is("all-tenants") ? Map.of("tenant", "*") : Map.of();
    }

    /** The engine says whose a container is when it is asked for tenants. */
    private static boolean showsTenants(List<Json> containers, Arguments arguments) {
        return arguments.is("all-tenants")
                || containers.stream().anyMatch(c -> !c.text("Tenant").isEmpty());
    }

    private static void ids(List<Json> containers, Arguments arguments, Cli cli) {
        var text = new StringBuilder();
        for (Json container : containers)
            text.append(id(container.text("Id"), arguments)).append('\n');
        cli.print(text.toString());
    }

    private static String id(String id, Arguments arguments) {
        return arguments.is("no-trunc") || id.length() < 12 ? id : id.substring(0, 12);
    }

    private static List<Json> rows(List<Json> containers, Arguments arguments, Cli cli) {
        long now = cli.clock().instant().getEpochSecond();
        var rows = new ArrayList<Json>();
        for (Json container : containers) rows.add(row(container, arguments, now));
        return rows;
    }

    private static Json row(Json container, Arguments arguments, long now) {
        long created = container.number("Created");
        var row =
                Format.row(
                        "Command", command(container.text("Command"), arguments),
                        "CreatedAt", Timestamps.display(created),
                        "ID", id(container.text("Id"), arguments),
                        "Image", image(container, arguments),
                        "Labels", labels(container),
                        "LocalVolumes", Integer.toString(volumes(container).size()),
                        "Mounts", String.join(",", volumes(container)),
                        "Names", names(container),
                        "Networks", networks(container),
                        "Platform", null,
                        "Ports", PortColumn.text(container.get("Ports").items()),
                        "RunningFor", Durations.human(now - created) + " ago",
                        "Size", size(container),
                        "State", container.text("State"),
                        "Status", container.text("Status"));
        var tenant = container.get("Tenant");
        if (tenant instanceof Json.Text && row instanceof Json.Members members)
            members.with("Tenant", tenant);
        return row;
    }

    private static List<String> volumes(Json container) {
        return container.get("Mounts").items().stream()
                .map(mount -> mount.text("Name"))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    static String labels(Json container) {
        if (!(container.get("Labels") instanceof Json.Members labels)) return "";
        var pairs = new ArrayList<String>();
        for (String name : labels.map().keySet()) pairs.add(name + "=" + labels.text(name));
        return String.join(",", pairs);
    }

    private static String networks(Json container) {
        Json networks = container.get("NetworkSettings").get("Networks");
        return networks instanceof Json.Members members
                ? String.join(",", members.map().keySet())
                : "";
    }

    static String table(List<Json> containers, Arguments arguments, long now) {
        var titles =
                new ArrayList<>(
                        List.of(
                                "CONTAINER ID",
                                "IMAGE",
                                "COMMAND",
                                "CREATED",
                                "STATUS",
                                "PORTS",
                                "NAMES"));
        if (arguments.is("size")) titles.add("SIZE");
        boolean tenants = showsTenants(containers, arguments);
        if (tenants) titles.addFirst("TENANT");
        var table = new Table(titles);
        for (Json container : containers) {
            var row = new ArrayList<String>();
            row.add(id(container.text("Id"), arguments));
            row.add(image(container, arguments));
            row.add(command(container.text("Command"), arguments));
            row.add(Durations.human(now - container.number("Created")) + " ago");
            row.add(container.text("Status"));
            row.add(PortColumn.text(container.get("Ports").items()));
            row.add(names(container));
            if (arguments.is("size")) row.add(size(container));
            if (tenants) row.addFirst(container.text("Tenant"));
            table.add(row);
        }
        return table.toString();
    }

    /** An image that has lost its name is shown by its id, shortened. */
    private static String image(Json container, Arguments arguments) {
        String image = container.text("Image");
        if (image.isEmpty()) return "<no image>";
        if (!image.startsWith("sha256:") || arguments.is("no-trunc")) return image;
        return id(image.substring(7), arguments);
    }

    private static String command(String command, Arguments arguments) {
        return arguments.is("no-trunc") ? quoted(command, false) : command(command);
    }

    /** Cut to what is shown in tables. */
    static String command(String command) {
        return quoted(command, command.length() > SHOWN_COMMAND);
    }

    private static String quoted(String command, boolean cut) {
        var quoted = new StringBuilder();
        JsonWriter.quote(quoted, cut ? command.substring(0, SHOWN_COMMAND - 1) + "…" : command);
        return quoted.toString();
    }

    private static String names(Json container) {
        var names = new StringBuilder();
        for (String name : container.texts("Names"))
            names.append(names.isEmpty() ? "" : ",")
                    .append(name.startsWith("/") ? name.substring(1) : name);
        return names.toString();
    }

    private static String size(Json container) {
        String size = ByteSize.human(container.number("SizeRw"));
        long whole = container.number("SizeRootFs");
        return whole > 0 ? size + " (virtual " + ByteSize.human(whole) + ")" : size;
    }
}
