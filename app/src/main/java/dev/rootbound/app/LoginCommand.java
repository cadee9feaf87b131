package dev.rootbound.app;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** {@code rootbound login}. */
final class LoginCommand implements Command {
    @Override
    public Flags flags() {
        return new Flags("login [OPTIONS] [SERVER]", "Authenticate to a registry")
                .value("password", 'p', "string", "Password or Personal Access Token (PAT)")
                .flag("password-stdin", "Take the Password or PAT from stdin")
                .value("username", 'u', "string", "Username")
                .arguments(0, 1);
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        String server = server(arguments);
        String user = arguments.text("username");
        boolean piped = arguments.is("password-stdin");
        if (piped && arguments.has("password"))
            throw new CliException(1, "--password and --password-stdin are mutually exclusive");
        if (piped && user.isEmpty())
            throw new CliException(1, "Must provide --username with --password-stdin");
        if (arguments.has("password"))
            cli.complain(
                    "WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        String password = piped ? piped(cli) : arguments.text("password");
        if (user.isEmpty()) user = ask("Username: ", false);
        if (password.isEmpty()) password = ask("Password: ", true);
        var request =
                new Json.Members()
                        .with("username", user)
                        .with("password", password)
                        .with("serveraddress", server);
        Json said = cli.engine().post(Target.of("/auth"), request);
        var config = DockerConfig.read(cli.environment());
        if (config.store(server, user, password))
            cli.complain(
                    "WARNING! Your credentials are stored unencrypted in '"
                            + config.file()
                            + "'. Configure a credential helper (credsStore) to keep them safe.");
        cli.println(said.text("Status"));
        return 0;
    }

    static String server(Arguments arguments) {
        if (arguments.rest().isEmpty()) return DockerConfig.HUB;
        String text = arguments.rest().getFirst();
        if (text.equals("docker.io") || text.equals(DockerConfig.HUB)) return DockerConfig.HUB;
        return text.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    }

    private static String piped(Cli cli) throws IOException {
        var in = new BufferedReader(new InputStreamReader(cli.in(), StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null || line.isEmpty()) throw new CliException(1, "password is empty");
        return line;
    }

    private static String ask(String prompt, boolean secret) {
        Console console = Objects.requireNonNull(System.console());
        if (!console.isTerminal())
            throw new CliException(
                    1,
                    "Error: Cannot perform an interactive login from a non TTY device; give"
                            + " --username and --password-stdin");
        String said =
                secret
                        ? new String(console.readPassword("%s", prompt))
                        : console.readLine("%s", prompt);
        if (said == null || said.isBlank())
            throw new CliException(1, "Error: " + prompt.replace(": ", "") + " cannot be blank");
        return said.strip();
    }
}
