package dev.rootbound.app;

import java.io.IOException;
import java.util.List;

/**
 * {@code rootbound buildx version}, {@code ls} and {@code inspect}: scripts ask them before they
 * build. There is one builder, the engine.
 */
final class BuildxCommand implements Command {
    private final String name;

    /**
     * @param name {@code version}, {@code ls} or {@code inspect}
     */
    BuildxCommand(String name) {
        this.name = name;
    }

    @Override
    public Flags flags() {
        return switch (name) {
            case "version" ->
                    new Flags("buildx version", "Show the version of this program").arguments(0, 0);
            case "ls" -> new Flags("buildx ls", "List builders").arguments(0, 0);
            default ->
                    new Flags("buildx inspect [OPTIONS] [NAME]", "Show the builder")
                            .flag("bootstrap", "Accepted: the engine runs")
                            .arguments(0, 1);
        };
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        if (name.equals("version")) {
            cli.println("Rootbound version " + Version.TEXT);
            return 0;
        }
        for (String builder : arguments.rest()) {
            if (!builder.equals("default"))
                throw new CliException(1, "no builder \"" + builder + "\" found: there is default");
        }
        Json version = cli.engine().get(Target.of("/version"));
        String platform = version.text("Os") + "/" + version.text("Arch");
        cli.print(name.equals("ls") ? table(platform) : details(platform));
        return 0;
    }

    private static String table(String platform) {
        var table = new Table(List.of("NAME/NODE", "DRIVER/ENDPOINT", "STATUS", "PLATFORMS"));
        table.add(List.of("default*", "docker", "", ""));
        table.add(List.of(" \\_ default", " \\_ default", "running", platform));
        return table.toString();
    }

    private static String details(String platform) {
        return """
        Name:   default
        Driver: docker

        Nodes:
        Name:      default
        Endpoint:  default
        Status:    running
        Platforms: %s
        """
                .formatted(platform);
    }
}
