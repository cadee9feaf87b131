package dev.rootbound.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every attack succeeds where nothing is in its way: one that cannot shows nothing. */
@Tag("kernel")
class ControlTest {
    @TempDir Path directory;

    @Test
    void anAttackOfHostRootsOwnSucceeds() throws Exception {
        var program = AgentProgram.install(directory.resolve("bin"));
        try (var canaries =
                        Canaries.make(program, directory.resolve("run"), 0, 0, new SecureRandom());
                var twin =
                        new HostConversation(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                "mount -t tmpfs none /dev; exec " + program)) {
            var outcomes = Assault.run(canaries, twin, ProcessHandle.current().pid());
            for (var o : outcomes)
                System.out.println(o.attack().name() + " " + o.verdict() + " " + o.evidence());
            assertThat(outcomes).isNotEmpty();
        }
    }
}
