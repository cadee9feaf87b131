package dev.rootbound.app;

import java.io.IOException;
import java.util.ArrayList;

/** {@code rootbound port}. */
final class PortCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags(
                        "port CONTAINER [PRIVATE_PORT[/PROTO]]",
                        "List port mappings or a specific mapping for the container")
                .arguments(1, 2);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String container = arguments.rest().getFirst();
        Json ports =
                cli.engine()
                        .get(Target.of("/containers/", container, "/json"))
                        .get("NetworkSettings")
                        .get("Ports");
        var lines = new ArrayList<String>();
        if (arguments.rest().size() > 1) {
            String port = port(arguments.rest().getLast());
            for (Json binding : ports.get(port).items()) lines.add(address(binding));
            if (lines.isEmpty())
                throw new CliException(
                        1, "Error: No public port '" + port + "' published for " + container);
        } else if (ports instanceof Json.Members(var all)) {
            all.forEach((port, bindings) -> {
                for (Json binding : bindings.items()) lines.add(port + " -> " + address(binding));
            });
        }
        lines.sort(NaturalOrder.INSTANCE);
        for (String line : lines) cli.println(line);
        return 0;
    }

    /** {@code 80} is {@code 80/tcp}. */
    private static String port(String text) {
        int slash = text.indexOf('/');
        String number = slash < 0 ? text : text.substring(0, slash);
        if (!number.matches("[0-9]{1,5}"))
            throw new CliException(1, "Error: invalid port (" + number + ")");
        return slash < 0 ? number + "/tcp" : text;
    }

    private static String address(Json binding) {
        return PortColumn.address(binding.text("HostIp"), binding.text("HostPort"));
    }
}
