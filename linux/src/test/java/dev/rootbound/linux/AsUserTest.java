package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kernel")
class AsUserTest {
    private static final long NOBODYS = 1_879_048_192L;

    @TempDir Path directory;

    @BeforeEach
    void closeIt() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
    }

    private boolean mayWrite(long uid, long gid, Long... groups) throws Exception {
        try (var file = Fd.open(directory, At.O_PATH)) {
            return new AsUser(new Credentials(uid, gid, List.of(groups))).mayWrite(file);
        }
    }

    @Test
    void aStrangerMayNotWriteWhatIsRoots() throws Exception {
        assertThat(mayWrite(NOBODYS, NOBODYS)).isFalse();
        assertThat(mayWrite(0, 0)).isTrue();
    }

    @Test
    void theEnginesOwnGroupsDoNotCount() throws Exception {
        assertThat(mayWrite(NOBODYS, NOBODYS)).isFalse();
        assertThat(mayWrite(NOBODYS, NOBODYS, 0L)).isTrue();
    }

    @Test
    void theOwnerMayAndSoMayEverybodyWhereTheModeSays() throws Exception {
        try (var dir = Dir.open(directory)) {
            dir.fd().chown(NOBODYS, NOBODYS);
            assertThat(mayWrite(NOBODYS, NOBODYS)).isTrue();
            dir.fd().chown(0, 0);
            dir.fd().chmod(0777);
            assertThat(mayWrite(NOBODYS, NOBODYS)).isTrue();
        }
    }

    @Test
    void whatItMakesIsTheUsersAndTheThreadThatAskedIsAsItWas() throws Exception {
        try (var dir = Dir.open(directory)) {
            dir.fd().chmod(0777);
            var made =
                    Isolated.as(
                            new Credentials(NOBODYS, NOBODYS + 1, List.of()),
                            () -> make(dir, "theirs"));
            assertThat(made.uid()).isEqualTo(NOBODYS);
            assertThat(made.gid()).isEqualTo(NOBODYS + 1);
            assertThat(make(dir, "ours").uid()).isZero();
        }
    }

    private static Stat make(Dir dir, String name) throws ErrnoException {
        try (var file = dir.openName(Names.of(name), At.O_CREAT | At.O_WRONLY, 0600)) {
            return file.stat();
        }
    }
}
