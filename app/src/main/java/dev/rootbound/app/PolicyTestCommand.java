package dev.rootbound.app;

import dev.rootbound.docker.PolicyTrial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code rootbound policy test}: what would become of a request for a container. */
final class PolicyTestCommand implements Command {
    private static final String TITLE =
            "Show what the policy makes of a request for a container, which is not made\n\n";
    private static final String STATUS = "Exit status 0: it is allowed; 1: it is refused.";

    private final boolean options;

    /**
     * @param options whether the request is written as {@code run}'s options, else in a file
     */
    PolicyTestCommand(boolean options) {
        this.options = options;
    }

    @Override
    public Flags flags() {
        var flags =
                options
                        ? CreateFlags.declare(
                                new Flags(
                                        "policy test run [OPTIONS] IMAGE [COMMAND] [ARG...]",
                                        TITLE + STATUS))
                        : new Flags(
                                        "policy test [OPTIONS] FILE",
                                        TITLE
                                                + "FILE is the JSON of Docker's API for"
                                                + " /containers/create, - standard input; or:"
                                                + " policy test run [OPTIONS] IMAGE. "
                                                + STATUS)
                                .arguments(1, 1);
        return flags.value(
                        "policy-file",
                        "file",
                        "The policy to be asked, without an engine (else the engine's own)")
                .value("policy-user", "string", "Who asks, by name or uid (as root; else you)");
    }

    @Override
    public int run(Arguments arguments, Cli cli) throws IOException, InterruptedException {
        var request = request(arguments, cli);
        var user = arguments.text("policy-user");
        var file = arguments.last("policy-file");
        Json verdict =
                file == null
                        ? cli.engine()
                                .post(
                                        Target.of("/rootbound/policy/test").query("user", user),
                                        JsonReader.read(request))
                        : JsonReader.read(
                                PolicyTrial.of(Path.of(file).toAbsolutePath(), user, request));
        for (Json decision : verdict.get("Decisions").items()) {
            cli.println(
                    (decision.bool("Allowed") ? "allowed  " : "refused  ")
                            + decision.text("What")
                            + "  by "
                            + decision.text("Rule"));
        }
        if (verdict.bool("Allowed")) return 0;
        cli.complain("refused: " + verdict.text("Refusal"));
        return 1;
    }

    private String request(Arguments arguments, Cli cli) throws IOException {
        if (options) {
            var directory = Path.of("").toAbsolutePath();
            return JsonWriter.write(
                    new CreateRequest(arguments, cli.environment(), directory).json(false));
        }
        var name = List.copyOf(arguments.rest()).getFirst();
        return name.equals("-")
                ? new String(cli.in().readAllBytes(), StandardCharsets.UTF_8)
                : Files.readString(Path.of(name));
    }
}
