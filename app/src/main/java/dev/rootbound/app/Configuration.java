package dev.rootbound.app;

import dev.rootbound.docker.TcpHost;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the engine is to run: {@code rootbound daemon}'s options with their defaults.
 *
 * @param root where images and containers are kept
 * @param run what does not outlive a boot
 * @param hosts addresses to listen on: {@code unix://PATH}, {@code tcp://ADDRESS:PORT}
 * @param tls of those of tcp; {@code null}: none
 * @param group name or number: who may connect besides root; {@code null}: every user
 * @param pidfile {@code null}: none is written
 * @param insecureRegistries {@code HOST[:PORT]}, reached without verified certificates
 * @param registryMirrors of Docker Hub
 * @param policy {@code null}: the usual one, if it is there
 * @param usernsRemap {@code default} or {@code USER[:GROUP]}, whose subordinate ids all containers
 *     have; {@code null}: each has its own
 * @param logLevel debug, info, warn, error or fatal
 */
record Configuration(
        Path root,
        Path run,
        List<String> hosts,
        @Nullable DaemonTls tls,
        @Nullable String group,
        @Nullable Path pidfile,
        @Nullable Path policy,
        @Nullable String usernsRemap,
        String logLevel,
        Set<String> insecureRegistries,
        List<URI> registryMirrors) {
    private static final Path ROOT = Path.of("/var/lib/rootbound");
    private static final List<String> LEVELS = List.of("debug", "info", "warn", "error", "fatal");

    Configuration {
        hosts = List.copyOf(hosts);
    }

    /**
     * Refuses, with the reason, what this release cannot honour: an option that is accepted is one
     * that is kept.
     *
     * @param uid who runs the engine; not 0: an ordinary user
     */
    static Configuration from(Arguments arguments, Map<String, String> environment, int uid) {
        refuse(arguments);
        Path root = path(arguments, "root", uid == 0 ? ROOT : userRoot(environment));
        Path run = run(arguments, environment, uid);
        List<String> hosts = arguments.all("host");
        for (String host : hosts) checkHost(host);
        if (hosts.isEmpty()) hosts = List.of("unix://" + run.resolve("rootbound.sock"));
        String level = arguments.has("log-level") ? arguments.text("log-level") : "info";
        if (!LEVELS.contains(level))
            throw arguments.invalid("log-level", level, "it is one of " + LEVELS);
        if (!level.equals("info"))
            throw refused("--log-level " + level, "other levels than info are not built yet");
        String pidfile = arguments.last("pidfile");
        String policy = arguments.last("policy");
        return new Configuration(
                root,
                run,
                hosts,
                DaemonTls.of(arguments),
                arguments.last("group"),
                pidfile == null ? null : Path.of(pidfile).toAbsolutePath(),
                policy == null ? null : Path.of(policy).toAbsolutePath(),
                remap(arguments.last("userns-remap")),
                level,
                Set.copyOf(arguments.all("insecure-registry")),
                arguments.all("registry-mirror").stream()
                        .map(text -> mirror(arguments, text))
                        .toList());
    }

    /** Docker's word for none. */
    private static @Nullable String remap(@Nullable String asked) {
        return asked == null || asked.isEmpty() ? null : asked;
    }

    private static URI mirror(Arguments arguments, String text) {
        try {
            var uri = URI.create(text.endsWith("/") ? text : text + "/");
            var scheme = String.valueOf(uri.getScheme());
            boolean http = scheme.equals("http") || scheme.equals("https");
            if (http && uri.getHost() != null && "/".equals(uri.getPath())) return uri;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw arguments.invalid("registry-mirror", text, "it is http[s]://HOST[:PORT]");
    }

    /** Where an engine has what does not outlive a boot. */
    static Path run(Arguments arguments, Map<String, String> environment, int uid) {
        return path(arguments, "run", uid == 0 ? Cli.RUN : userRun(environment, uid));
    }

    private static Path path(Arguments arguments, String flag, Path otherwise) {
        String text = arguments.last(flag);
        if (text == null) return otherwise;
        if (text.isEmpty()) throw arguments.invalid(flag, text, "it is a directory");
        return Path.of(text).toAbsolutePath().normalize();
    }

    private static Path userRoot(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        if (!data.isEmpty()) return Path.of(data, "rootbound");
        return Path.of(environment.getOrDefault("HOME", "/"), ".local/share/rootbound");
    }

    private static Path userRun(Map<String, String> environment, int uid) {
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return Path.of(runtime.isEmpty() ? "/run/user/" + uid : runtime, "rootbound");
    }

    private static void checkHost(String host) {
        if (host.startsWith("unix://") && host.length() > 7) return;
        if (host.startsWith("tcp://")) {
            try {
                TcpHost _ = TcpHost.parse(host);
                return;
            } catch (IllegalArgumentException e) {
                throw refused("--host " + host, String.valueOf(e.getMessage()));
            }
        }
        throw refused("--host " + host, "unix://PATH and tcp://ADDRESS:PORT are understood");
    }

    private static void refuse(Arguments arguments) {
        if (arguments.is("selinux-enabled")) throw refused("--selinux-enabled", selinux());
        String config = arguments.last("config");
        if (config != null) readConfig(Path.of(config));
    }

    private static String selinux() {
        return Files.exists(Path.of("/sys/fs/selinux/enforce"))
                ? "SELinux labels are not built yet"
                : "this host's kernel has SELinux disabled (/sys/fs/selinux is not there)";
    }

    /** No key is understood yet; an empty object is what a file may hold. */
    private static void readConfig(Path file) {
        Json config;
        try {
            config = JsonReader.read(Files.readString(file));
        } catch (IOException e) {
            throw refused("--config " + file, "it cannot be read: " + e);
        }
        if (!(config instanceof Json.Members members))
            throw refused("--config " + file, "it is not a JSON object");
        if (!members.map().isEmpty())
            throw refused(
                    "--config " + file,
                    "key \""
                            + members.map().keySet().iterator().next()
                            + "\": no key is understood yet, use the options");
    }

    private static CliException refused(String what, String why) {
        return new CliException(ExitCodes.ENGINE, what + ": " + why);
    }
}
