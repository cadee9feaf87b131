package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code rootbound prove}: is a container's root nobody on the host, by the kernel's own word? */
final class ProveCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "prove [OPTIONS] [CONTAINER...]",
                        "Show from the kernel that a running container's root is nobody on the host\n\n"
                                + "Exit status 0: all of it holds; 1: something does not.")
                .flag("attack", "Also try the catalogue of escapes, in a throw-away twin of each")
                .flag("all", 'a', "All running containers")
                .flag("all-tenants", "Also those of other tenants; host root only")
                .value("format", "string", "Only json: one object a container")
                .arguments(0, Integer.MAX_VALUE);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        boolean everybodys = arguments.is("all-tenants");
        boolean all = arguments.is("all") || everybodys;
        if (all == !arguments.rest().isEmpty())
            throw new UsageException(
                    "'rootbound prove' needs the names of containers, or --all", flags(), 1);
        ApiClient engine = cli.engine();
        List<Json> reports = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        if (all) reports.addAll(engine.get(target(everybodys)).items());
        var names = new ArrayList<>(arguments.rest());
        boolean attack = arguments.is("attack");
        if (attack) {
            reports.forEach(report -> names.add(report.text("Id")));
            reports.clear();
        }
        for (String name : names) {
            try {
                reports.add(attack ? attacked(engine, name) : shown(engine, name));
            } catch (ApiException e) {
                complaints.add(ExitCodes.sentence(e));
            }
        }
        if (arguments.has("format")) Format.lines(reports, cli);
        else print(reports, cli);
        complaints.forEach(cli::complain);
        boolean holds = reports.stream().allMatch(report -> report.bool("Holds"));
        return holds && complaints.isEmpty() ? 0 : 1;
    }

    private static Json shown(ApiClient engine, String name) throws IOException {
        return engine.get(Target.of("/rootbound/containers/", name, "/evidence"));
    }

    private static Json attacked(ApiClient engine, String name) throws IOException {
        return engine.post(
                Target.of("/rootbound/containers/", name, "/attack"), new Json.Members());
    }

    private static Target target(boolean everybodys) {
        return Target.of("/rootbound/evidence").query("tenant", everybodys ? "*" : "");
    }

    private static void print(List<Json> reports, Cli cli) {
        for (Json report : reports) {
            cli.print(title(report) + "\n" + table(report) + verdict(report) + "\n");
        }
        if (reports.isEmpty()) cli.complain("no container runs: nothing is shown");
    }

    private static String title(Json report) {
        return "%s (%.12s) of tenant %d, %d processes, ids %s"
                .formatted(
                        report.text("Name"),
                        report.text("Id"),
                        report.number("Tenant"),
                        report.number("Processes"),
                        report.text("Ids"));
    }

    private static String table(Json report) {
        var table = new Table(List.of("HOLDS", "STATEMENT", "EVIDENCE"));
        for (Json statement : report.get("Statements").items()) {
            String holds = statement.bool("Holds") ? "yes" : "NO";
            String sentence = statement.text("Statement");
            for (String line : statement.texts("Evidence")) {
                table.add(List.of(holds, sentence, line));
                holds = "";
                sentence = "";
            }
        }
        return table.toString();
    }

    private static String verdict(Json report) {
        if (report.bool("Holds")) return report.text("Name") + ": holds";
        var broken = new ArrayList<String>();
        for (Json statement : report.get("Statements").items())
            if (!statement.bool("Holds")) broken.add(statement.text("Statement"));
        return report.text("Name") + ": does not hold: not so is that " + String.join("; ", broken);
    }
}
