package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Who the user is to registries: {@code config.json} in {@code DOCKER_CONFIG}, else {@code
 * ~/.docker}, which docker's CLI reads and writes too; passwords are in it or with a credential
 * helper that it names.
 */
final class DockerConfig {
    /** How Docker Hub is called there. */
    static final String HUB = "https://index.docker.io/v1/";

    private static final String[][] PROXIES = {
        {"httpProxy", "HTTP_PROXY"},
        {"httpsProxy", "HTTPS_PROXY"},
        {"noProxy", "NO_PROXY"},
        {"ftpProxy", "FTP_PROXY"},
        {"allProxy", "ALL_PROXY"},
    };

    private final Path file;
    private final Json.Members root;

    private DockerConfig(Path file, Json.Members root) {
        this.file = file;
        this.root = root;
    }

    static DockerConfig read(Map<String, String> environment) throws IOException {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        if (directory.isEmpty()) directory = environment.getOrDefault("HOME", "/") + "/.docker";
        var file = Path.of(directory, "config.json");
        try {
            if (JsonReader.read(Files.readString(file)) instanceof Json.Members members)
                return new DockerConfig(file, members);
        } catch (NoSuchFileException e) {
            return new DockerConfig(file, new Json.Members());
        } catch (IOException e) {
            throw new CliException(1, "read " + file + ": " + e.getMessage());
        }
        throw new CliException(1, "read " + file + ": it is not a JSON object");
    }

    /** Of a reference's registry, as this file calls it. */
    static String server(String domain) {
        return domain.equals("docker.io") ? HUB : domain;
    }

    /** What the engine takes in {@code X-Registry-Auth}; empty if nothing is known. */
    String header(String server) throws IOException, InterruptedException {
        Json auth = auth(server);
        if (auth instanceof Json.Null) return "";
        return Base64.getUrlEncoder().encodeToString(JsonWriter.write(auth).getBytes(UTF_8));
    }

    /** Of all registries that are known, as a build takes it in {@code X-Registry-Config}. */
    String headerOfAll() throws IOException, InterruptedException {
        var servers = new LinkedHashSet<String>();
        for (String member : List.of("auths", "credHelpers")) {
            if (root.get(member) instanceof Json.Members known)
                servers.addAll(known.map().keySet());
        }
        var all = new Json.Members();
        for (String server : servers) {
            Json auth = auth(server);
            if (!(auth instanceof Json.Null)) all.with(server, auth);
        }
        if (all.map().isEmpty()) return "";
        return Base64.getUrlEncoder().encodeToString(JsonWriter.write(all).getBytes(UTF_8));
    }

    /**
     * The variables by which what runs in a build finds the network's proxies, in upper and lower
     * case.
     *
     * @param address of the engine, which may have its own
     */
    Map<String, String> proxies(String address) {
        Json proxies = root.get("proxies").get(address);
        if (proxies instanceof Json.Null) proxies = root.get("proxies").get("default");
        var variables = new LinkedHashMap<String, String>();
        for (String[] name : PROXIES) {
            String value = proxies.text(name[0]);
            if (value.isEmpty()) continue;
            variables.put(name[1], value);
            variables.put(name[1].toLowerCase(Locale.ROOT), value);
        }
        return variables;
    }

    /** Docker's AuthConfig, or null's value. */
    private Json auth(String server) throws IOException, InterruptedException {
        var helper = helper(server);
        if (!helper.isEmpty()) return new CredentialHelper(helper).get(server);
        Json stored = root.get("auths").get(server);
        if (stored instanceof Json.Null) stored = root.get("auths").get("https://" + server);
        if (!(stored instanceof Json.Members members) || members.map().isEmpty())
            return new Json.Null();
        return members.with("serveraddress", server);
    }

    private String helper(String server) {
        String own = root.get("credHelpers").text(server);
        return own.isEmpty() ? root.text("credsStore") : own;
    }

    /** Where a password is kept, for the warning that it is readable. */
    Path file() {
        return file;
    }

    /** Keeps a password; returns whether it is in the file, readable for who reads that. */
    boolean store(String server, String user, String password)
            throws IOException, InterruptedException {
        var helper = helper(server);
        if (!helper.isEmpty()) {
            new CredentialHelper(helper).store(server, user, password);
            auths().map().put(server, new Json.Members());
        } else {
            var pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
            auths().map().put(server, new Json.Members().with("auth", pair));
        }
        write();
        return helper.isEmpty();
    }

    /** Forgets a password; false if there was none. */
    boolean erase(String server) throws IOException, InterruptedException {
        var helper = helper(server);
        if (!helper.isEmpty()) new CredentialHelper(helper).erase(server);
        boolean known = auths().map().remove(server) != null;
        if (known) write();
        return known;
    }

    private Json.Members auths() {
        if (root.get("auths") instanceof Json.Members auths) return auths;
        var auths = new Json.Members();
        root.with("auths", auths);
        return auths;
    }

    /** All or nothing, and for the user alone. */
    private void write() throws IOException {
        Files.createDirectories(file.getParent());
        var unfinished =
                Files.createTempFile(
                        file.getParent(),
                        "config.json",
                        "",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, JsonWriter.indent(JsonWriter.write(root)) + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
