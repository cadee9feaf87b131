package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.systemtests.Layer.Meta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the image of {@link TestImage#REAPER} has: a stand-in for Ryuk, whose own image is not to be
 * had without a registry. It speaks Ryuk's protocol (github.com/testcontainers/moby-ryuk): on port
 * 8080 it takes lines of filters, as the query of a URL, and answers each with {@code ACK}. Once no
 * client has been connected for a while it removes what has these labels, by the engine's socket at
 * {@code /var/run/docker.sock}, and ends. Unlike Ryuk it waits for two seconds and not for ten,
 * waits for its first client without end, and removes by the docker CLI.
 */
final class Reaper {
    private static final String MAIN =
            """
            #!/bin/sh
            touch /filters
            nc -ll -p 8080 -e /connection &
            sockets() { cat /proc/net/tcp /proc/net/tcp6 | grep -q ":1F90 [0-9A-F]*:[0-9A-F]* $1 "; }
            until sockets 0A; do usleep 50000; done # listening
            echo Started
            until [ -s /filters ]; do usleep 100000; done
            idle=0
            while [ $idle -lt 20 ]; do
                usleep 100000
                idle=$((idle + 1))
                if sockets 01; then idle=0; fi # connected
            done
            while read -r line; do
                set --
                for filter in $(echo "$line" | tr '&' ' '); do
                    set -- "$@" --filter "$(httpd -d "$filter")"
                done
                docker ps -aq --no-trunc "$@" | xargs -r docker rm -f -v
                docker network ls -q --no-trunc "$@" | xargs -r docker network rm
                docker volume ls -q "$@" | xargs -r docker volume rm -f
                docker images -q --no-trunc "$@" | xargs -r docker rmi
            done < /filters
            """;

    private static final String CONNECTION =
            """
            #!/bin/sh
            while read -r line; do
                echo "$line" >> /filters
                echo ACK
            done
            """;

    private Reaper() {}

    static Layer[] layers() {
        return new Layer[] {
            TestImage.busybox().file("bin/docker", Meta.mode(0755), docker()),
            new Layer()
                    .file("reaper", Meta.mode(0755), MAIN.getBytes(UTF_8))
                    .file("connection", Meta.mode(0755), CONNECTION.getBytes(UTF_8))
        };
    }

    /** The host's docker CLI, which as Docker ships it needs no library. */
    private static byte[] docker() {
        try {
            var path =
                    Stream.of(System.getenv("PATH").split(":", -1))
                            .map(directory -> Path.of(directory, "docker"))
                            .filter(Files::isExecutable)
                            .findFirst()
                            .orElseThrow();
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
