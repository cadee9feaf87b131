package dev.rootbound.app;

import java.io.IOException;
import java.util.List;

/** {@code rootbound ids}: which of the host's ids are whose. */
final class IdsCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "ids [OPTIONS]",
                        "Show which ids of the host are whose: the pool, leases, subordinate ids, conflicts\n\n"
                                + "Who is not host root sees what is its own. Exit status 1: there are conflicts.")
                .flag("draw", "Draw all 2^32 ids")
                .flag("all-tenants", "Name other tenants' containers too; host root only")
                .value("format", "string", "Only json: one object")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var tenants = arguments.is("all-tenants") ? "*" : "";
        Json ids = cli.engine().get(Target.of("/rootbound/ids").query("tenant", tenants));
        List<Json> ranges = ids.get("Ranges").items();
        if (arguments.has("format")) Format.lines(List.of(ids), cli);
        else cli.print(arguments.is("draw") ? IdDrawing.of(ranges) : table(ranges));
        List<String> conflicts = ids.texts("Conflicts");
        for (String conflict : conflicts) cli.complain("conflict: " + conflict);
        return conflicts.isEmpty() ? 0 : 1;
    }

    private static String table(List<Json> ranges) {
        var table =
                new Table(List.of("FIRST", "LAST", "IDS", "KIND", "OWNER", "CONTAINER", "SOURCE"));
        for (Json range : ranges) {
            long first = range.number("First");
            long size = range.number("Ids");
            table.add(
                    List.of(
                            "" + first,
                            "" + (first + size - 1),
                            "" + size,
                            range.text("Kind"),
                            range.text("Owner"),
                            range.text("Container"),
                            range.text("Source")));
        }
        return table.toString();
    }
}
