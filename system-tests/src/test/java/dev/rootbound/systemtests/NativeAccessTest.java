package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Only {@code linux} calls native code, and two libraries that cannot do without. */
class NativeAccessTest {
    private static final Pattern NATIVE =
            Pattern.compile(
                    "java\\.lang\\.foreign|\\bnative\\s+\\w+\\s+\\w+\\(|System\\.load(Library)?\\(|sun\\.misc\\.Unsafe");

    @Test
    void noOtherModuleCallsNativeCode() throws IOException {
        var sources = sources();
        assertThat(sources).hasSizeGreaterThan(20);
        assertThat(
                        sources.stream()
                                .filter(file -> !file.startsWith(Shell.CHECKOUT.resolve("linux")))
                                .filter(file -> NATIVE.matcher(text(file)).find()))
                .isEmpty();
        assertThat(sources.stream().filter(file -> NATIVE.matcher(text(file)).find()))
                .as("the pattern finds something")
                .isNotEmpty();
    }

    @Test
    void theLauncherAllowsItToThoseAlone() {
        var launcher = text(Shell.CHECKOUT.resolve("rootbound"));
        assertThat(launcher.lines())
                .contains("native=dev.rootbound.linux,io.netty.common,com.github.luben.zstd_jni");
        assertThat(
                        Pattern.compile("--enable-native-access=(\\S+)")
                                .matcher(launcher)
                                .results()
                                .map(match -> match.group(1)))
                .containsOnly("$native\"");
    }

    /**
     * With the flag that the launcher leaves out: it would keep the JVM from its archived module
     * graph.
     */
    @Test
    void anEngineThatRefusesItToAllOthersRunsContainers() {
        var script =
                """
                . ./rootbound
                dir=$(mktemp -d /tmp/rbtXXXXXX); chmod 711 "$dir"
                trap 'kill $engine; wait $engine || true; rm -rf "$dir"' EXIT
                unshare --mount -- "$(<"$build/java")/bin/java" --illegal-native-access=deny "${daemon[@]}" \
                    -m "$main" daemon --root "$dir/root" --run "$dir/run" --host "unix://$dir/socket" &
                engine=$!
                for ((i = 0; i < 300; i++)); do [[ -S $dir/socket ]] && break; sleep 0.1; done
                timeout -k 1 60 docker -H "unix://$dir/socket" run --rm rootbound/busybox id
                """;
        var result =
                Shell.run(
                        120,
                        java.util.Map.of(),
                        new byte[0],
                        List.of("bash", "-c", "cd " + Shell.CHECKOUT + " && " + script));
        assertThat(result.toString()).contains("uid=0(root) gid=0(root)");
    }

    private static List<Path> sources() throws IOException {
        try (var files =
                Files.find(Shell.CHECKOUT, 12, (file, _) -> file.toString().endsWith(".java"))) {
            return files.filter(file -> file.toString().contains("/src/main/")).toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
