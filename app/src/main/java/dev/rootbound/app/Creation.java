package dev.rootbound.app;

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
            throws IOException {
        refusePull();
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
            Json made = engine.post(target, request);
            for (String warning : made.texts("Warnings")) cli.complain("WARNING: " + warning);
            if (idFile != null) Files.writeString(idFile, made.text("Id"));
            return made.text("Id");
        } catch (IOException e) {
            if (idFile != null) Files.deleteIfExists(idFile);
            throw unknownImage(e) ? withRemedy((ApiException) e) : ExitCodes.engine(e);
        }
    }

    private static boolean unknownImage(IOException e) {
        return e instanceof ApiException refused
                && refused.isNotFound()
                && String.valueOf(e.getMessage()).startsWith("No such image");
    }

    private CliException withRemedy(ApiException e) {
        String image = arguments.rest().getFirst();
        return new CliException(
                ExitCodes.ENGINE,
                ExitCodes.sentence(e)
                        + "\nThis release cannot pull. Bring the image in with"
                        + " `docker save "
                        + image
                        + " | rootbound load`, or a root file system with `rootbound import FILE "
                        + image
                        + "`; rootbound/busybox is always here.");
    }

    static Json consoleSize(LocalTerminal.Size size) {
        return new Json.Array(
                java.util.List.of(
                        new Json.Numeral("" + size.rows()), new Json.Numeral("" + size.columns())));
    }

    private void refusePull() {
        switch (arguments.text("pull")) {
            case "", "missing", "never" -> {}
            case "always" ->
                    throw new CliException(
                            ExitCodes.ENGINE,
                            "--pull always: this release cannot pull from registries yet; load the"
                                    + " image with `rootbound load`");
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
