package dev.rootbound.engine;

import dev.rootbound.idmap.HostIds;
import dev.rootbound.idmap.SubidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The host's users: from /etc/passwd, else from whatever else getent(1) asks. */
class HostUsers {
    private final Path etc;

    HostUsers() {
        this(Path.of("/etc"));
    }

    /**
     * @param etc where the files are
     */
    HostUsers(Path etc) {
        this.etc = etc;
    }

    /** Who has which subordinate uids. */
    SubidFile subordinates() throws IOException {
        return read("subuid");
    }

    /** Who has which subordinate gids. */
    SubidFile subordinateGroups() throws IOException {
        return read("subgid");
    }

    private SubidFile read(String name) throws IOException {
        return SubidFile.parse(text(name), etc.resolve(name).toString());
    }

    private String text(String name) throws IOException {
        var file = etc.resolve(name);
        return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    /** The uids and gids of the users and groups in /etc. */
    Set<Long> ids() throws IOException {
        return HostIds.of(text("passwd"), text("group"));
    }

    /** The uid of a user by name or by uid; empty if there is none. */
    OptionalLong uid(String user) throws IOException {
        return passwd(user).mapToLong(fields -> Long.parseLong(fields[2])).findFirst();
    }

    /** The name of the user with a uid; the number if there is none. */
    String name(long uid) throws IOException {
        var number = Long.toString(uid);
        return passwd(number)
                .filter(fields -> fields[2].equals(number)) // not a user who is called so
                .map(fields -> fields[0])
                .findFirst()
                .orElse(number);
    }

    private Stream<String[]> passwd(String user) throws IOException {
        var local = find(text("passwd").lines(), user);
        return (local.isEmpty() ? elsewhere(user) : local).stream();
    }

    private static List<String[]> elsewhere(String user) throws IOException {
        var getent =
                new ProcessBuilder("getent", "passwd", "--", user)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        getent.getOutputStream().close();
        try (var lines = getent.inputReader(StandardCharsets.ISO_8859_1)) {
            return find(lines.lines(), user);
        }
    }

    private static List<String[]> find(Stream<String> passwd, String user) {
        return passwd.map(line -> line.split(":", -1))
                .filter(fields -> fields.length > 3 && fields[2].matches("[0-9]{1,10}"))
                .filter(fields -> fields[0].equals(user) || fields[2].equals(user))
                .toList();
    }
}
