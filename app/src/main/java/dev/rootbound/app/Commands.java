package dev.rootbound.app;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All commands by name. Only the one that is named is made. */
final class Commands {
    private static final String[][] ALL = {
        {"run", "Create and run a new container from an image"},
        {"exec", "Execute a command in a running container"},
        {"ps", "List containers"},
        {"build", "Build an image from a Dockerfile"},
        {"images", "List images"},
        {"version", "Show the versions of this program and of the engine"},
        {"info", "Display system-wide information"},
        {
            "adopt",
            "Give files that containers left to who asks, or root's files to root's containers"
        },
        {"attach", "Attach local standard input, output and error to a running container"},
        {"cp", "Copy files/folders between a container and the local filesystem"},
        {"commit", "Create a new image from a container's changes"},
        {"create", "Create a new container"},
        {"daemon", "Run the engine; `daemon stop` stops it, containers keep running"},
        {"diff", "Inspect changes to files or directories on a container's filesystem"},
        {"events", "Get real time events from the engine"},
        {"export", "Export a container's filesystem as a tar archive"},
        {"history", "Show the history of an image"},
        {"ids", "Show which ids of the host are whose"},
        {"import", "Make an image from the tar archive of a root file system"},
        {"inspect", "Show everything about containers and images"},
        {"kill", "Kill one or more running containers"},
        {"load", "Load images from a tar archive or standard input"},
        {"login", "Authenticate to a registry"},
        {"logout", "Log out from a registry"},
        {"logs", "Fetch the logs of a container"},
        {"pause", "Pause all processes within one or more containers"},
        {"policy", "Show what the administrator's policy allows; `policy test` tries a request"},
        {"port", "List port mappings or a specific mapping for the container"},
        {"prove", "Show from the kernel that a container's root is nobody on the host"},
        {"pull", "Download an image from a registry"},
        {"push", "Upload an image to a registry"},
        {"rename", "Rename a container"},
        {"restart", "Restart one or more containers"},
        {"rm", "Remove one or more containers"},
        {"rmi", "Remove one or more images"},
        {"save", "Save one or more images to a tar archive"},
        {"start", "Start one or more stopped containers"},
        {"stats", "Display a live stream of container(s) resource usage statistics"},
        {"stop", "Stop one or more running containers"},
        {"tag", "Give an image another name"},
        {"top", "Display the running processes of a container"},
        {"unpause", "Unpause all processes within one or more containers"},
        {
            "unshare",
            "Run a command as containers see this user's files, to look after what they left"
        },
        {"update", "Update configuration of one or more containers"},
        {"wait", "Block until one or more containers stop, then print their exit codes"},
        {"who", "Show whose a uid, process or file of the host is"},
    };

    /** How many of {@link #ALL} are shown first. */
    private static final int COMMON = 7;

    /** Words that another word must follow. */
    static final Set<String> GROUPS =
            Set.of("builder", "buildx", "container", "image", "network", "system", "volume");

    private static final String HEAD =
            """
            Usage:  rootbound [OPTIONS] COMMAND

            Containers whose root is nobody on the host

            Common Commands:
            """;

    private static final String FOOT =
            """

            Options:
              -H, --host string   The engine: unix:///PATH or tcp://HOST:PORT (else ROOTBOUND_HOST,
                                  DOCKER_HOST, the default engine)
                  --tls           Encrypt tcp, whoever the engine is
                  --tlsverify     Encrypt tcp, with an engine that the CA knows (DOCKER_TLS_VERIFY)
                  --tlscacert, --tlscert, --tlskey file
                                  The CA, our certificate and its key, PEM (else ca.pem, cert.pem
                                  and key.pem in DOCKER_CERT_PATH, ~/.docker)
              -v, --version       Print version information and quit

            Run 'rootbound COMMAND --help' for more information on a command.
            """;

    private Commands() {}

    /** A command and the words after it. */
    record Found(Command command, List<String> words) {}

    /** {@code null}: there is no such command. */
    static @Nullable Found find(List<String> words) {
        String group = words.getFirst();
        if (words.size() > 1 && group.equals("daemon") && words.get(1).equals("stop"))
            return new Found(new DaemonStopCommand(), words.subList(2, words.size()));
        if (words.size() > 1 && group.equals("policy")) return policy(words);
        boolean grouped = GROUPS.contains(group);
        if (!grouped) {
            var command = named(group);
            return command == null ? null : new Found(command, words.subList(1, words.size()));
        }
        if (words.size() == 1) return null;
        String name = inGroup(group, words.get(1));
        if (group.equals("buildx") && Set.of("version", "ls", "inspect").contains(words.get(1)))
            return new Found(new BuildxCommand(words.get(1)), words.subList(2, words.size()));
        var command = name.endsWith(" inspect") ? new InspectCommand(group) : named(name);
        return command == null ? null : new Found(command, words.subList(2, words.size()));
    }

    private static Found policy(List<String> words) {
        boolean options = words.size() > 2 && words.get(2).equals("run");
        return switch (words.get(1)) {
            case "show" -> new Found(new PolicyShowCommand(), words.subList(2, words.size()));
            case "test" ->
                    new Found(
                            new PolicyTestCommand(options),
                            words.subList(options ? 3 : 2, words.size()));
            default -> new Found(new PolicyShowCommand(), words.subList(1, words.size()));
        };
    }

    private static String inGroup(String group, String name) {
        if (group.equals("builder") || group.equals("buildx"))
            return switch (name) {
                case "build", "b" -> "build";
                case "prune", "du" -> "builder " + name;
                default -> "";
            };
        if (name.equals("inspect") || name.equals("prune")) return group + " " + name;
        if (group.equals("network"))
            return switch (name) {
                case "ls", "list" -> "network ls";
                case "rm", "remove" -> "network rm";
                case "create", "connect", "disconnect" -> "network " + name;
                default -> "";
            };
        if (group.equals("volume"))
            return switch (name) {
                case "ls", "list" -> "volume ls";
                case "rm", "remove" -> "volume rm";
                case "create" -> "volume create";
                default -> "";
            };
        if (group.equals("system"))
            return switch (name) {
                case "df" -> "system df";
                case "events", "info" -> name;
                default -> "";
            };
        if (group.equals("image"))
            return switch (name) {
                case "ls", "list" -> "images";
                case "rm", "remove" -> "rmi";
                case "build", "history", "load", "import", "pull", "push", "save", "tag" -> name;
                case "verify" -> "image verify";
                default -> "";
            };
        return switch (name) {
            case "ls", "list", "ps" -> "ps";
            case "rm", "remove" -> "rm";
            case "run",
                    "exec",
                    "attach",
                    "cp",
                    "commit",
                    "create",
                    "diff",
                    "export",
                    "kill",
                    "logs",
                    "pause",
                    "port",
                    "rename",
                    "restart",
                    "start",
                    "stats",
                    "stop",
                    "top",
                    "unpause",
                    "update",
                    "wait" ->
                    name;
            default -> "";
        };
    }

    private static @Nullable Command named(String name) {
        return switch (name) {
            case "run" -> new RunCommand();
            case "exec" -> new ExecCommand();
            case "ps" -> new PsCommand();
            case "images" -> new ImagesCommand();
            case "version" -> new VersionCommand();
            case "info" -> new InfoCommand();
            case "attach" -> new AttachCommand();
            case "build" -> new BuildCommand();
            case "builder du" -> new BuilderUsageCommand();
            case "builder prune" -> new BuilderPruneCommand();
            case "cp" -> new CpCommand();
            case "create" -> new CreateCommand();
            case "commit" -> new CommitCommand();
            case "container prune" -> new ContainerPruneCommand();
            case "daemon" -> new DaemonCommand();
            case "diff" -> new DiffCommand();
            case "events" -> new EventsCommand();
            case "export" -> new ExportCommand();
            case "history" -> new HistoryCommand();
            case "image verify" -> new ImageVerifyCommand();
            case "image prune" -> new ImagePruneCommand();
            case "ids" -> new IdsCommand();
            case "import" -> new ImportCommand();
            case "inspect" -> new InspectCommand("");
            case "kill" -> new KillCommand();
            case "load" -> new LoadCommand();
            case "login" -> new LoginCommand();
            case "logout" -> new LogoutCommand();
            case "logs" -> new LogsCommand();
            case "network connect" -> new NetworkConnectCommand();
            case "network create" -> new NetworkCreateCommand();
            case "network disconnect" -> new NetworkDisconnectCommand();
            case "network ls" -> new NetworkListCommand();
            case "network prune" -> new NetworkPruneCommand();
            case "network rm" -> new NetworkRemoveCommand();
            case "pause" -> new PauseCommand();
            case "policy" -> new PolicyShowCommand();
            case "port" -> new PortCommand();
            case "prove" -> new ProveCommand();
            case "pull" -> new PullCommand();
            case "push" -> new PushCommand();
            case "rename" -> new RenameCommand();
            case "restart" -> new RestartCommand();
            case "rm" -> new RmCommand();
            case "rmi" -> new RmiCommand();
            case "save" -> new SaveCommand();
            case "start" -> new StartCommand();
            case "stats" -> new StatsCommand();
            case "stop" -> new StopCommand();
            case "system df" -> new DiskUsageCommand();
            case "system prune" -> new SystemPruneCommand();
            case "tag" -> new TagCommand();
            case "top" -> new TopCommand();
            case "unpause" -> new UnpauseCommand();
            case "update" -> new UpdateCommand();
            case "volume create" -> new VolumeCreateCommand();
            case "volume ls" -> new VolumeListCommand();
            case "volume prune" -> new VolumePruneCommand();
            case "volume rm" -> new VolumeRemoveCommand();
            case "adopt" -> new AdoptCommand();
            case "unshare" -> new UnshareCommand();
            case "wait" -> new WaitCommand();
            case "who" -> new WhoCommand();
            default -> null;
        };
    }

    static String help() {
        var text = new StringBuilder(HEAD);
        for (int i = 0; i < ALL.length; i++) {
            if (i == COMMON) text.append("\nCommands:\n");
            String name = ALL[i][0];
            text.append("  ").append(name).repeat(' ', 11 - name.length());
            text.append(ALL[i][1]).append('\n');
        }
        return text.append(FOOT).toString();
    }

    static String[] names() {
        String[] names = new String[ALL.length];
        for (int i = 0; i < names.length; i++) names[i] = ALL[i][0];
        return names;
    }
}
