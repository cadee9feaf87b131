package dev.rootbound.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Compose as Debian has it, which knows of the engine by {@code DOCKER_HOST} alone. */
record Compose(String version, String program) {
    private static final Path CACHE = Path.of("/var/tmp/rootbound-test/compose");
    private static final byte[] NOTHING = {};

    /** Debian 12's, in Python; Debian 13 has its successor in its place. */
    private static Compose first() {
        return new Compose("1", "/usr/bin/docker-compose");
    }

    /** Debian 13's, in Go, which needs nothing else but a libc; kept between runs. */
    private static Compose second() {
        var program = CACHE.resolve("usr/libexec/docker/cli-plugins/docker-compose");
        if (!Files.exists(program)) fetch();
        return new Compose("2", program.toString());
    }

    /** Those that this host's Debian has or can run. */
    static List<Compose> all() {
        var second = second();
        boolean python = Files.exists(Path.of("/usr/lib/python3/dist-packages/compose"));
        return python ? List.of(first(), second) : List.of(second);
    }

    /** By apt with directories of its own: verified, and nothing of the host changes. */
    private static void fetch() {
        Shell.run(
                        300,
                        Map.of(),
                        NOTHING,
                        List.of(
                                "sh",
                                "-ec",
                                """
                                new=$(mktemp -d "$1.XXXXXX"); trap 'rm -rf "$new"' EXIT
                                mkdir -p "$new/lists/partial" "$new/archives/partial" "$new/x"; cd "$new"; : >status
                                echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >sources.list
                                set -- "$1" -o Dir::Etc::SourceList="$new/sources.list" -o Dir::Etc::SourceParts=/dev/null \\
                                    -o Dir::State::Lists="$new/lists" -o Dir::State::status="$new/status" \\
                                    -o Dir::Cache="$new" -o Acquire::Languages=none -o APT::Sandbox::User=root
                                cache=$1; shift
                                apt-get "$@" update
                                apt-get "$@" download docker-compose
                                dpkg-deb -x docker-compose_*.deb x
                                rm -rf "$cache"; chmod 755 x; mv x "$cache"
                                """,
                                "-",
                                CACHE.toString()))
                .ok();
    }

    /** A copy of the files of the test's application, to be brought up under a name of its own. */
    Project project(Target target, Path directory) {
        var files = directory.resolve(Cli.fresh());
        try {
            Files.createDirectories(files);
            for (var name : List.of("compose.yaml", "nginx.conf", "application.py", "database.sh"))
                try (var in = Compose.class.getResourceAsStream("compose/" + name)) {
                    Files.write(files.resolve(name), Shell.read(in));
                }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Project(this, target, files);
    }

    /** What is brought up of one directory; closing it takes all of it down. */
    record Project(Compose compose, Target target, Path directory) implements AutoCloseable {
        String name() {
            return directory.getFileName().toString();
        }

        Result run(String... args) {
            var line =
                    new ArrayList<>(
                            List.of(
                                    compose.program,
                                    "-f",
                                    directory.resolve("compose.yaml").toString(),
                                    "-p",
                                    name()));
            line.addAll(Arrays.asList(args));
            var environment = Map.of("DOCKER_HOST", target.address(), "PASSWORD", "of-" + name());
            return Shell.run(120, environment, NOTHING, line);
        }

        /** The port of the host behind which its proxy is. */
        int port() {
            var address = run("port", "proxy", "80").ok().out();
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        }

        @Override
        public void close() {
            run("down", "-v", "-t", "1");
        }
    }

    @Override
    public String toString() {
        return "Compose " + version;
    }
}
