package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ssh agents that {@code --ssh} lends a build: the user's own, others by their sockets, and for
 * keys that are files one that goes with the build. The engine connects to their sockets as the
 * user.
 */
final class BuildAgents implements Closeable {
    private static final int SOCKET = 0140000; // inode(7)
    private static final int TYPE = 0170000;

    /** Keys are asked for at the terminal if they have passphrases. It ends with its input. */
    private static final String ADD =
            "ssh-add -q -- \"$@\" </dev/null && echo \"$SSH_AUTH_SOCK\" && cat >/dev/null;"
                    + " kill \"$SSH_AGENT_PID\"";

    private final Map<String, String> sockets = new LinkedHashMap<>();
    private final List<Process> own = new ArrayList<>();

    private BuildAgents() {}

    static BuildAgents open(Arguments arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        var agents = new BuildAgents();
        try {
            for (String option : arguments.all("ssh")) {
                int equals = option.indexOf('=');
                String id = equals < 0 ? option : option.substring(0, equals);
                String paths = option.substring(equals + 1);
                if (id.isEmpty() || paths.isEmpty())
                    throw arguments.invalid("ssh", option, "it is ID[=SOCKET|=KEY,…]");
                String[] all =
                        equals < 0
                                ? new String[] {usual(option, environment)}
                                : paths.split(",", -1);
                agents.sockets.put(id, agents.socket(all));
            }
            return agents;
        } catch (IOException | InterruptedException | RuntimeException e) {
            agents.close();
            throw e;
        }
    }

    private static String usual(String option, Map<String, String> environment) {
        String socket = environment.getOrDefault("SSH_AUTH_SOCK", "");
        if (!socket.isEmpty()) return socket;
        throw new CliException(
                1,
                "--ssh "
                        + option
                        + ": there is no SSH_AUTH_SOCK in the environment: start an agent, or name"
                        + " a socket or a key");
    }

    private String socket(String[] paths) throws IOException, InterruptedException {
        boolean keys = true;
        for (String path : paths) {
            if (!Files.exists(Path.of(path)))
                throw new CliException(1, "--ssh: " + path + ": no such file or directory");
            if (isSocket(Path.of(path))) keys = false;
        }
        if (keys) return start(paths);
        if (paths.length > 1)
            throw new CliException(1, "--ssh: one agent is one socket, or one or more keys");
        return Path.of(paths[0]).toAbsolutePath().toString();
    }

    private static boolean isSocket(Path path) throws IOException {
        return ((Integer) Files.getAttribute(path, "unix:mode") & TYPE) == SOCKET;
    }

    private String start(String[] keys) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ssh-agent", "sh", "-c", ADD, "sh"));
        command.addAll(Arrays.asList(keys));
        Process agent;
        try {
            agent =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new CliException(
                    1, "--ssh: keys need ssh-agent: on Debian, apt-get install openssh-client");
        }
        own.add(agent);
        var said = new BufferedReader(new InputStreamReader(agent.getInputStream(), UTF_8));
        @Nullable String socket = said.readLine();
        if (socket == null)
            throw new CliException(
                    1,
                    "--ssh: ssh-add does not take "
                            + String.join(", ", keys)
                            + "; what it says is above");
        return socket;
    }

    /** What the engine has to know of them. */
    Target addTo(Target target) {
        sockets.forEach((id, socket) -> target.query("ssh", id + "=" + socket));
        return target;
    }

    @Override
    public void close() throws IOException {
        for (var agent : own) agent.getOutputStream().close();
    }
}
