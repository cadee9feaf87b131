package dev.rootbound.app;

import java.io.IOException;

/** {@code rootbound version}. */
final class VersionCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("version [OPTIONS]", "Show the versions of this program and of the engine")
                .value("format", 'f', "string", "Only json")
                .arguments(0, 0);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        Format.refuseTemplates(arguments);
        var client =
                new Json.Members()
                        .with("Version", Version.TEXT)
                        .with("ApiVersion", Target.VERSION)
                        .with("JavaVersion", System.getProperty("java.version", ""))
                        .with("Os", "linux");
        if (!arguments.has("format")) cli.print(client(client));
        Json server = cli.engine().get(Target.of("/version"));
        if (arguments.has("format"))
            cli.println(
                    JsonWriter.write(
                            new Json.Members().with("Client", client).with("Server", server)));
        else cli.print(server(server));
        return 0;
    }

    private static String client(Json client) {
        return "Client: Rootbound\n"
                + line("Version", client.text("Version"))
                + line("API version", client.text("ApiVersion"))
                + line("Java version", client.text("JavaVersion"))
                + "\n";
    }

    private static String server(Json server) {
        var text = new StringBuilder("Server: ");
        text.append(server.get("Platform").text("Name")).append("\n Engine:\n");
        for (Json component : server.get("Components").items())
            if (component.text("Name").equals("Engine"))
                text.append(" " + line("Version", component.text("Version")));
        text.append(
                " "
                        + line(
                                "API version",
                                server.text("ApiVersion")
                                        + " (minimum version "
                                        + server.text("MinAPIVersion")
                                        + ")"));
        text.append(" " + line("OS/Arch", server.text("Os") + "/" + server.text("Arch")));
        text.append(" " + line("Kernel", server.text("KernelVersion")));
        for (Json component : server.get("Components").items()) {
            if (component.text("Name").equals("Engine")) continue;
            text.append(" ").append(component.text("Name")).append(":\n");
            text.append(" " + line("Version", component.text("Version")));
        }
        return text.toString();
    }

    private static String line(String name, String value) {
        return " " + name + ":" + " ".repeat(Math.max(1, 18 - name.length())) + value + "\n";
    }
}
