package dev.rootbound.engine;

import dev.rootbound.runtime.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The host's static init program for {@code --init}. */
final class InitProgram {
    private InitProgram() {}

    static @Nullable Path find(Map<String, String> environment) {
        for (var fixed : List.of("/usr/libexec/podman/catatonit", "/usr/bin/docker-init")) {
            if (Files.isExecutable(Path.of(fixed))) {
                return Path.of(fixed);
            }
        }
        var path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        for (var name : List.of("catatonit", "tini-static")) {
            var found = Tools.find(path, name);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return null;
    }
}
