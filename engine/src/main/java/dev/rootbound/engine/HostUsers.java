package dev.rootbound.engine;

import dev.rootbound.idmap.SubidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The host's users: from /etc/passwd, else from whatever else getent(1) asks. */
class HostUsers {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path SUBUID = Path.of("/etc/subuid");

    /** Who has which subordinate ids. */
    SubidFile subordinates() throws IOException {
        return SubidFile.parse(
                Files.exists(SUBUID) ? Files.readString(SUBUID) : "", SUBUID.toString());
    }

    /** The uid of a user by name or by uid; empty if there is none. */
    OptionalLong uid(String user) throws IOException {
        try (var lines = Files.lines(PASSWD, StandardCharsets.ISO_8859_1)) {
            var local = find(lines, user);
            return local.isPresent() ? local : elsewhere(user);
        }
    }

    private static OptionalLong elsewhere(String user) throws IOException {
        var getent =
                new ProcessBuilder("getent", "passwd", "--", user)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        getent.getOutputStream().close();
        try (var lines = getent.inputReader(StandardCharsets.ISO_8859_1)) {
            return find(lines.lines(), user);
        }
    }

    private static OptionalLong find(Stream<String> passwd, String user) {
        return passwd.map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 3 && fields[2].matches("[0-9]{1,10}"))
                .filter(fields -> fields[0].equals(user) || fields[2].equals(user))
                .mapToLong(fields -> Long.parseLong(fields[2]))
                .findFirst();
    }
}
