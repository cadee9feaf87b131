package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound info}. */
final class InfoCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("info [OPTIONS]", "Display system-wide information")
                .value("format", 'f', "string", "Only json")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        Json info = cli.engine().get(Target.of("/info"));
        cli.print(arguments.has("format") ? JsonWriter.write(info) + "\n" : text(info));
        return 0;
    }

    static String text(Json info) {
        var text = new StringBuilder("Client:\n");
        line(text, "Version", Version.TEXT);
        text.append("\nServer:\n");
        line(text, "Containers", number(info, "Containers"));
        line(text, " Running", number(info, "ContainersRunning"));
        line(text, " Paused", number(info, "ContainersPaused"));
        line(text, " Stopped", number(info, "ContainersStopped"));
        line(text, "Images", number(info, "Images"));
        line(text, "Server Version", info.text("ServerVersion"));
        line(text, "Storage Driver", info.text("Driver"));
        for (Json status : info.get("DriverStatus").items())
            if (status.items().size() == 2
                    && status.items().get(0) instanceof Json.Text name
                    && status.items().get(1) instanceof Json.Text value)
                line(text, " " + name.value(), value.value());
        line(text, "Logging Driver", info.text("LoggingDriver"));
        line(text, "Cgroup Driver", info.text("CgroupDriver"));
        line(text, "Cgroup Version", info.text("CgroupVersion"));
        if (info.get("Runtimes") instanceof Json.Members runtimes)
            line(text, "Runtimes", String.join(" ", runtimes.map().keySet()));
        line(text, "Default Runtime", info.text("DefaultRuntime"));
        security(text, info);
        line(text, "Kernel Version", info.text("KernelVersion"));
        line(text, "Operating System", info.text("OperatingSystem"));
        line(text, "OSType", info.text("OSType"));
        line(text, "Architecture", info.text("Architecture"));
        line(text, "CPUs", number(info, "NCPU"));
        line(text, "Total Memory", ByteSize.humanBinary(info.number("MemTotal")));
        line(text, "Name", info.text("Name"));
        line(text, "ID", info.text("ID"));
        line(text, "Root Dir", info.text("DockerRootDir"));
        for (String label : info.texts("Labels")) line(text, "Label", label);
        for (String warning : info.texts("Warnings")) text.append(warning).append('\n');
        return text.toString();
    }

    /** {@code name=seccomp,profile=builtin} becomes the name with its facts below. */
    private static void security(StringBuilder text, Json info) {
        if (info.texts("SecurityOptions").isEmpty()) return;
        text.append(" Security Options:\n");
        for (String option : info.texts("SecurityOptions")) {
            for (String fact : option.split(",", -1)) {
                int equals = fact.indexOf('=');
                if (fact.startsWith("name="))
                    text.append("  ").append(fact.substring(5)).append('\n');
                else if (equals > 0)
                    line(text, "  " + fact.substring(0, equals), fact.substring(equals + 1));
                else text.append("  ").append(fact).append('\n');
            }
        }
    }

    private static String number(Json info, String name) {
        return Long.toString(info.number(name));
    }

    private static void line(StringBuilder text, String name, String value) {
        if (value.isEmpty()) return;
        text.append(' ').append(name).append(": ").append(value).append('\n');
    }
}
