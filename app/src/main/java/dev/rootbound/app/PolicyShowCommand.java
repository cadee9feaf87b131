package dev.rootbound.app;

import java.io.IOException;
import java.util.List;

/** {@code rootbound policy show}. */
final class PolicyShowCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "policy show [OPTIONS]",
                        "Show what the policy lets your containers have, and which rule says so. To try a"
                                + " request: rootbound policy test")
                .value("user", "string", "Another user, by name or uid; host root only")
                .value("format", "string", "Only json: one object")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target = Target.of("/rootbound/policy").query("user", arguments.text("user"));
        Json shown = cli.engine().get(target);
        if (arguments.has("format")) {
            Format.lines(List.of(shown), cli);
            return 0;
        }
        var table = new Table(List.of("SETTING", "VALUE", "RULE"));
        for (Json permit : shown.get("Permits").items()) {
            table.add(List.of(permit.text("Setting"), permit.text("Value"), permit.text("Rule")));
        }
        cli.println("user " + shown.text("User") + " (uid " + shown.number("Uid") + ")\n");
        cli.print(table.toString());
        return 0;
    }
}
