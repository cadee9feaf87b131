package dev.rootbound.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code --security-opt}: a seccomp profile is a file of ours, and its text is what is sent. */
final class SecurityOptions {
    private final List<String> options = new ArrayList<>();
    private boolean systemPaths;

    SecurityOptions(List<String> given) {
        for (String option : given) add(option);
    }

    private void add(String option) {
        if (option.equals("systempaths=unconfined")) {
            systemPaths = true;
            return;
        }
        int equals = option.indexOf('=');
        if (equals < 0) equals = option.indexOf(':');
        if (equals < 0 && !option.equals("no-new-privileges"))
            throw new CliException(ExitCodes.ENGINE, "Invalid --security-opt: \"" + option + "\"");
        String name = equals < 0 ? option : option.substring(0, equals);
        String value = equals < 0 ? "" : option.substring(equals + 1);
        boolean file =
                name.equals("seccomp") && !value.equals("unconfined") && !value.equals("builtin");
        options.add(file ? "seccomp=" + profile(value) : option);
    }

    private static String profile(String file) {
        try {
            return JsonWriter.write(JsonReader.read(Files.readString(Path.of(file))));
        } catch (NoSuchFileException e) {
            throw failed("opening", file, "no such file or directory");
        } catch (IOException e) {
            throw failed("reading", file, String.valueOf(e.getMessage()));
        }
    }

    private static CliException failed(String what, String file, String why) {
        return new CliException(
                ExitCodes.ENGINE, what + " seccomp profile (" + file + ") failed: " + why);
    }

    void addTo(Json.Members host) {
        host.with("SecurityOpt", options);
        if (!systemPaths) return;
        host.with("MaskedPaths", new Json.Array(List.of()))
                .with("ReadonlyPaths", new Json.Array(List.of()));
    }
}
