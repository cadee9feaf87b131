package dev.rootbound.dockerfile;

import dev.rootbound.dockerfile.Flags.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads {@code RUN}. */
final class RunParser {
    private static final Map<String, Kind> FLAGS =
            Map.of(
                    "mount", Kind.VALUES,
                    "network", Kind.VALUE,
                    "security", Kind.VALUE,
                    "device", Kind.VALUES);

    private RunParser() {}

    static Run parse(Statements statement) throws DockerfileException {
        var source = statement.source();
        var flags = statement.flags(FLAGS);
        for (var mount : flags.all("mount")) checkMount(source, mount);
        var options =
                new RunOptions(
                        flags.values("mount"),
                        network(source, flags),
                        isInsecure(source, flags),
                        devices(source, flags));
        var command = statement.command(statement.rest().text());
        return new Run(source, command, source.heredocs(), options);
    }

    /** A mount without variables is looked at at once. */
    private static void checkMount(Source source, Parts.Flag flag) throws DockerfileException {
        var text = String.valueOf(flag.value());
        try {
            var from = RunMount.from(text);
            if (from != null && Expansion.hasVariable(from))
                throw new IllegalArgumentException(
                        "from has no variables; FROM can have them: name a stage by it");
            if (text.indexOf('$') < 0) RunMount.parse(text, source.escape(), Variables.NONE);
        } catch (ExpansionException | IllegalArgumentException e) {
            throw source.error(flag.word(), String.valueOf(e.getMessage()));
        }
    }

    private static RunOptions.Network network(Source source, Flags flags)
            throws DockerfileException {
        var flag = flags.flag("network");
        if (flag == null) return RunOptions.Network.DEFAULT;
        return switch (String.valueOf(flag.value())) {
            case "default" -> RunOptions.Network.DEFAULT;
            case "none" -> RunOptions.Network.NONE;
            case "host" -> RunOptions.Network.HOST;
            default ->
                    throw source.error(flag.word(), "the network of RUN is default, none or host");
        };
    }

    private static boolean isInsecure(Source source, Flags flags) throws DockerfileException {
        var flag = flags.flag("security");
        if (flag == null) return false;
        return switch (String.valueOf(flag.value())) {
            case "insecure" -> true;
            case "sandbox" -> false;
            default ->
                    throw source.error(flag.word(), "the security of RUN is sandbox or insecure");
        };
    }

    private static List<Device> devices(Source source, Flags flags) throws DockerfileException {
        var devices = new ArrayList<Device>();
        for (var flag : flags.all("device")) {
            try {
                devices.add(Device.parse(String.valueOf(flag.value())));
            } catch (IllegalArgumentException e) {
                throw source.error(flag.word(), String.valueOf(e.getMessage()));
            }
        }
        return devices;
    }
}
