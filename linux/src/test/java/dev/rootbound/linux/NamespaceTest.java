package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class NamespaceTest {
    private static final long SELF = ProcessHandle.current().pid();

    private static Process unshared(String... flags) throws Exception {
        var line = new java.util.ArrayList<>(List.of("unshare"));
        line.addAll(List.of(flags));
        line.addAll(List.of("sh", "-c", "echo ready; exec sleep 60"));
        var process = new ProcessBuilder(line).start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        return process;
    }

    @Test
    void aUserNamespaceIsBelowOursAndItsMakers() throws Exception {
        var process = unshared("--user");
        try (var theirs = Namespace.of(process.pid(), "user");
                var ours = Namespace.of(SELF, "user");
                var parent = theirs.parent().orElseThrow()) {
            assertThat(theirs.inode()).isNotEqualTo(ours.inode());
            assertThat(parent.inode()).isEqualTo(ours.inode());
            assertThat(theirs.ownerUid()).isZero();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aNamespaceBelongsToTheUserNamespaceItWasMadeIn() throws Exception {
        var process = unshared("--user", "--net");
        try (var user = Namespace.of(process.pid(), "user");
                var network = Namespace.of(process.pid(), "net");
                var owner = network.owner().orElseThrow()) {
            assertThat(owner.inode()).isEqualTo(user.inode());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void theFirstUserNamespaceHasNoneAroundIt() throws Exception {
        try (var ours = Namespace.of(SELF, "user")) {
            assertThat(ours.inode()).isEqualTo(0xEFFF_FFFDL); // PROC_USER_INIT_INO
            assertThat(ours.parent()).isEmpty();
        }
    }

    @Test
    void aProcessThatIsNotThereHasNone() {
        assertThatThrownBy(() -> Namespace.of(0, "user"))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }
}
