package dev.rootbound.app;

import java.io.IOException;
import java.util.LinkedHashMap;

/** {@code rootbound volume create}. */
final class VolumeCreateCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("volume create [OPTIONS] [VOLUME]", "Create a volume")
                .value("driver", 'd', "string", "Volume driver name: only local")
                .value("label", "list", "Set metadata for a volume")
                .value("opt", 'o', "map", "Set driver specific options")
                .arguments(0, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var labels = new LinkedHashMap<String, String>();
        for (String label : arguments.all("label")) KeyValueFile.put(labels, label);
        var options = new LinkedHashMap<String, String>();
        for (String option : arguments.all("opt")) KeyValueFile.put(options, option);
        var name = arguments.rest().isEmpty() ? "" : arguments.rest().getFirst();
        var request = new Json.Members().with("Name", name);
        request.with("Driver", arguments.text("driver")).with("Labels", labels);
        if (!options.isEmpty()) request.with("DriverOpts", options);
        Json made = cli.engine().post(Target.of("/volumes/create"), request);
        cli.println(made.text("Name"));
        return 0;
    }
}
