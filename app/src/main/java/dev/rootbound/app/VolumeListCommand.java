package dev.rootbound.app;

import java.io.IOException;
import java.util.List;

/** {@code rootbound volume ls}. */
final class VolumeListCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("volume ls [OPTIONS]", "List volumes")
                .value("filter", 'f', "filter", "Provide filter values (e.g. \"dangling=true\")")
                .value("format", "string", "Only json: one object a line")
                .flag("quiet", 'q', "Only display volume names")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var target = Target.of("/volumes").query("filters", Filters.json(arguments));
        List<Json> volumes = cli.engine().get(target).get("Volumes").items();
        if (arguments.has("format"))
            Format.lines(volumes.stream().map(VolumeListCommand::row).toList(), cli);
        else cli.print(table(volumes, arguments.is("quiet")));
        return 0;
    }

    private static Json row(Json volume) {
        return Format.row(
                "Driver", volume.text("Driver"),
                "Labels", PsCommand.labels(volume),
                "Links", "N/A",
                "Mountpoint", volume.text("Mountpoint"),
                "Name", volume.text("Name"),
                "Scope", volume.text("Scope"),
                "Size", "N/A");
    }

    private static String table(List<Json> volumes, boolean quiet) {
        var table = new Table(List.of("DRIVER", "VOLUME NAME"));
        var names = new StringBuilder();
        for (Json volume : volumes) {
            table.add(List.of(volume.text("Driver"), volume.text("Name")));
            names.append(volume.text("Name")).append('\n');
        }
        return quiet ? names.toString() : table.toString();
    }
}
