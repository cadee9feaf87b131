package dev.rootbound.app;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/** {@code rootbound network ls}. */
final class NetworkListCommand implements Command {
    private static final int SHOWN_ID = 12;

    @Override
    public Flags flags() {
        return new Flags("network ls [OPTIONS]", "List networks")
                .value("filter", 'f', "filter", "Provide filter values (e.g. \"driver=bridge\")")
                .value("format", "string", "Only json: one object a line")
                .flag("no-trunc", "Do not truncate the output")
                .flag("quiet", 'q', "Only display network IDs")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target = Target.of("/networks").query("filters", Filters.json(arguments));
        List<Json> networks =
                cli.engine().get(target).items().stream()
                        .sorted(Comparator.comparing(n -> n.text("Name"), NaturalOrder.INSTANCE))
                        .toList();
        if (arguments.is("quiet")) {
            for (Json network : networks) cli.println(id(network, arguments));
            return 0;
        }
        if (arguments.has("format"))
            Format.lines(networks.stream().map(n -> row(n, arguments)).toList(), cli);
        else cli.print(table(networks, arguments));
        return 0;
    }

    private static String id(Json network, Arguments arguments) {
        String id = network.text("Id");
        return arguments.is("no-trunc") || id.length() < SHOWN_ID ? id : id.substring(0, SHOWN_ID);
    }

    private static Json row(Json network, Arguments arguments) {
        return Format.row(
                "CreatedAt",
                created(network),
                "Driver",
                network.text("Driver"),
                "ID",
                id(network, arguments),
                "IPv4",
                Boolean.toString(network.bool("EnableIPv4")),
                "IPv6",
                Boolean.toString(network.bool("EnableIPv6")),
                "Internal",
                Boolean.toString(network.bool("Internal")),
                "Labels",
                PsCommand.labels(network),
                "Name",
                network.text("Name"),
                "Scope",
                network.text("Scope"));
    }

    /** As Go prints a time of UTC: {@code 2026-11-22 03:34:01.5 +0000 UTC}. */
    private static String created(Json network) {
        String text = network.text("Created");
        return text.endsWith("Z")
                ? text.substring(0, text.length() - 1).replace('T', ' ') + " +0000 UTC"
                : text;
    }

    private static String table(List<Json> networks, Arguments arguments) {
        var table = new Table(List.of("NETWORK ID", "NAME", "DRIVER", "SCOPE"));
        for (Json network : networks)
            table.add(
                    List.of(
                            id(network, arguments),
                            network.text("Name"),
                            network.text("Driver"),
                            network.text("Scope")));
        return table.toString();
    }
}
