package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.linux.MountLine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which mounts of a container are of the host's file systems. */
class MountReaderTest {
    private static final String OTHER = "f".repeat(64);
    private static final List<MountLine> OURS =
            List.of(
                    line("20 1 254:0 / / rw - ext4 /dev/vda rw"),
                    line("21 1 0:24 / /run rw - tmpfs tmpfs rw,mode=755"),
                    line("75 44 0:39 / /run/rootbound/c/" + Made.ID + "/rootfs rw - overlay o rw"),
                    line("76 44 0:40 / /run/rootbound/c/" + OTHER + "/rootfs rw - overlay o rw"),
                    line("77 44 0:41 / /run/rootbound/c/" + OTHER + "/shm rw - tmpfs s rw"));

    private final MountReader reader = new MountReader(Made.claim(), OURS);

    private static MountLine line(String text) {
        return MountLine.parse(text);
    }

    private boolean isShared(String text) {
        return reader.isShared(line(text));
    }

    @Test
    void itsRootIsItsOwnAndMadeForIt() {
        var root = line("105 76 0:39 / / rw,nodev - overlay rootbound rw");
        assertThat(reader.isShared(root)).isFalse();
        assertThat(reader.isMadeForIt(root)).isTrue();
    }

    @Test
    void anotherContainersRootIsTheHosts() {
        assertThat(isShared("105 76 0:40 / /peek rw,nodev - overlay rootbound rw")).isTrue();
    }

    @Test
    void aFileSystemThatTheHostSeesIsTheHostsWhateverItsType() {
        assertThat(isShared("123 105 254:0 /home /data rw - ext4 /dev/vda rw")).isTrue();
        assertThat(isShared("123 105 0:24 / /data rw - tmpfs tmpfs rw,mode=755")).isTrue();
    }

    @Test
    void aFileSystemThatNoContainerCanMakeIsTheHosts() {
        assertThat(isShared("123 105 7:3 / /data rw - ext4 /dev/loop3 rw")).isTrue();
        assertThat(isShared("123 105 0:99 / /data rw - nfs server:/ rw")).isTrue();
    }

    @Test
    void whatTheKernelMakesInItsNamespacesIsItsOwn() {
        var made = line("106 105 0:42 / /proc rw,nosuid - proc proc rw");
        assertThat(reader.isShared(made)).isFalse();
        assertThat(reader.isMadeForIt(made)).isFalse();
    }

    @Test
    void sharedMemoryOfAContainerThatItJoinedIsItsOwnByItsOwner() {
        var joined = "121 107 0:41 / /dev/shm rw,nosuid - tmpfs shm rw,uid=";
        assertThat(isShared(joined + Made.LEASE + ",gid=" + Made.LEASE)).isFalse();
        assertThat(isShared(joined + (Made.LEASE + 65_536))).isTrue();
    }
}
