package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/**
 * A program that keeps passwords, {@code docker-credential-NAME} (docker-credential-helpers,
 * protocol): a verb, its argument on standard input, JSON on standard output.
 */
final class CredentialHelper {
    /** A user of this name has an identity token in place of a password. */
    private static final String TOKEN = "<token>";

    private final String program;

    CredentialHelper(String name) {
        if (!name.matches("[A-Za-z0-9._-]+"))
            throw new CliException(1, "'" + name + "' is no name of a credential helper");
        program = "docker-credential-" + name;
    }

    /** Docker's AuthConfig, or null's value if it knows nothing. */
    Json get(String server) throws IOException, InterruptedException {
        String said = run("get", server);
        if (said.contains("credentials not found")) return new Json.Null();
        Json known = JsonReader.read(said);
        String user = known.text("Username");
        var auth = new Json.Members().with("serveraddress", server);
        return user.equals(TOKEN)
                ? auth.with("identitytoken", known.text("Secret"))
                : auth.with("username", user).with("password", known.text("Secret"));
    }

    void store(String server, String user, String password)
            throws IOException, InterruptedException {
        run(
                "store",
                JsonWriter.write(
                        new Json.Members()
                                .with("ServerURL", server)
                                .with("Username", user)
                                .with("Secret", password)));
    }

    void erase(String server) throws IOException, InterruptedException {
        run("erase", server);
    }

    private String run(String verb, String input) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(program, verb)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        boolean unknown = said.contains("credentials not found");
        if (process.waitFor() != 0 && !unknown)
            throw new CliException(1, program + " " + verb + " failed: " + said);
        return said;
    }
}
