package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What {@code --secret} gives a build. It is sent before the context in the request's body: never
 * in a URL or a header, which are logged, nor on a command line, which everybody reads.
 */
final class BuildSecrets {
    /** As with BuildKit. */
    private static final int LARGEST = 500 << 10;

    private static final Set<String> FIELDS = Set.of("id", "src", "source", "env", "type");

    private BuildSecrets() {}

    /** {@code {"ID":"base64", …}}; nothing if there are none. */
    static byte[] read(Arguments arguments, Map<String, String> environment) throws IOException {
        var secrets = new LinkedHashMap<String, String>();
        for (String option : arguments.all("secret")) {
            var fields = CommaFields.parse(option);
            String id = fields.getOrDefault("id", "");
            var unknown = fields.keySet().stream().filter(name -> !FIELDS.contains(name));
            unknown.findFirst()
                    .ifPresent(name -> {
                        throw arguments.invalid("secret", option, "unexpected key '" + name + "'");
                    });
            if (id.isEmpty())
                throw arguments.invalid("secret", option, "it is id=ID[,src=PATH|,env=NAME]");
            byte[] value = value(id, fields, environment);
            if (value.length > LARGEST)
                throw new CliException(1, "secret " + id + " is too big: at most 500 KiB");
            secrets.put(id, Base64.getEncoder().encodeToString(value));
        }
        if (secrets.isEmpty()) return new byte[0];
        var members = new Json.Members();
        secrets.forEach((id, value) -> members.with(id, new Json.Text(value)));
        return JsonWriter.write(members).getBytes(UTF_8);
    }

    /** Where buildx looks: the environment if it is named, or has the id and no file is named. */
    private static byte[] value(
            String id, Map<String, String> fields, Map<String, String> environment)
            throws IOException {
        String type = fields.getOrDefault("type", "");
        String file =
                Stream.of("src", "source")
                        .map(name -> fields.getOrDefault(name, ""))
                        .filter(name -> !name.isEmpty())
                        .findFirst()
                        .orElse("");
        String variable = fields.getOrDefault("env", "");
        if (type.equals("env") && variable.isEmpty()) {
            variable = file.isEmpty() ? id : file;
        } else if (variable.isEmpty() && file.isEmpty()) {
            if (type.isEmpty() && environment.containsKey(id)) variable = id;
            else file = id;
        }
        if (variable.isEmpty()) return read(id, Path.of(file));
        String value = environment.get(variable);
        if (value == null)
            throw new CliException(
                    1, "secret " + id + ": there is no " + variable + " in the environment");
        return value.getBytes(UTF_8);
    }

    /** A pipe, too: no more than can be a secret. */
    private static byte[] read(String id, Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST + 1);
        } catch (NoSuchFileException e) {
            throw new CliException(
                    1, "secret " + id + ": open " + file + ": no such file or directory");
        }
    }
}
