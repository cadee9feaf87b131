package dev.rootbound.app;

import dev.rootbound.image.Reference;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A container made from the options of {@code create} or {@code run}. */
final class Creation {
    private final Arguments arguments;
    private final Cli cli;

    Creation(Arguments arguments, Cli cli) {
        this.arguments = arguments;
        this.cli = cli;
    }

    /** Returns its id; every failure exits with 125. */
    String create(ApiClient engine, boolean detached, LocalTerminal.@Nullable Size size)
            throws IOException, InterruptedException {
        refuseBad();
        var request =
                new CreateRequest(arguments, cli.environment(), Path.of("").toAbsolutePath())
                        .json(detached);
        if (size != null && request.get("HostConfig") instanceof Json.Members host)
            host.with("ConsoleSize", consoleSize(size));
        Path idFile = reserveIdFile();
        try {
            var target =
                    Target.of("/containers/create")
                            .query("name", arguments.text("name"))
                            .query("platform", arguments.text("platform"));
            if (arguments.text("pull").equals("always")) pull(engine);
            Json made = made(engine, target, request);
            for (String warning : made.texts("Warnings")) cli.complain("WARNING: " + warning);
            if (idFile != null) Files.writeString(idFile, made.text("Id"));
            return made.text("Id");
        } catch (IOException | CliException e) {
            if (idFile != null) Files.deleteIfExists(idFile);
            throw e instanceof IOException failure ? ExitCodes.engine(failure) : (CliException) e;
        }
    }

    private Json made(ApiClient engine, Target target, Json request)
            throws IOException, InterruptedException {
        try {
            return engine.post(target, request);
        } catch (IOException e) {
            if (!unknownImage(e) || arguments.text("pull").equals("never")) throw e;
            cli.complain("Unable to find image '" + image().withDefaultTag() + "' locally");
            pull(engine);
            return engine.post(target, request);
        }
    }

    private Reference image() {
        return PullCommand.reference(arguments.rest().getFirst());
    }

    private void pull(ApiClient engine) throws IOException, InterruptedException {
        var image = image();
        var target = PullCommand.target(image.withDefaultTag(), arguments.text("platform"));
        var messages = new MessageStream(cli.err(), LocalTerminal.is(2), arguments.is("quiet"));
        try {
            PullCommand.transfer(engine, target, image, messages, cli);
        } catch (CliException e) {
            throw new CliException(ExitCodes.ENGINE, String.valueOf(e.getMessage()));
        }
    }

    private static boolean unknownImage(IOException e) {
        return e instanceof ApiException refused
                && refused.isNotFound()
                && String.valueOf(e.getMessage()).startsWith("No such image");
    }

    static Json consoleSize(LocalTerminal.Size size) {
        return new Json.Array(
                java.util.List.of(
                        new Json.Numeral("" + size.rows()), new Json.Numeral("" + size.columns())));
    }

    private void refuseBad() {
        switch (arguments.text("pull")) {
            case "", "missing", "never", "always" -> {}
            default ->
                    throw arguments.invalid(
                            "pull", arguments.text("pull"), "it is missing, never or always");
        }
        String platform = arguments.text("platform");
        if (platform.isEmpty()) return;
        String own = "linux/" + architecture(System.getProperty("os.arch", ""));
        if (!platform.equals(own) && !platform.startsWith(own + "/"))
            throw new CliException(
                    ExitCodes.ENGINE,
                    "--platform " + platform + ": this host runs " + own + " only");
    }

    private static String architecture(String java) {
        return switch (java) {
            case "aarch64" -> "arm64";
            default -> java;
        };
    }

    /** Made before the container, so that a file that is there or cannot be made costs nothing. */
    private @Nullable Path reserveIdFile() {
        String name = arguments.text("cidfile");
        if (name.isEmpty()) return null;
        try {
            return Files.createFile(Path.of(name));
        } catch (FileAlreadyExistsException e) {
            throw new CliException(
                    ExitCodes.ENGINE,
                    "container ID file found, make sure the other container isn't running or"
                            + " delete "
                            + name);
        } catch (IOException e) {
            throw new CliException(
                    ExitCodes.ENGINE, "failed to create the container ID file: " + e);
        }
    }
}
