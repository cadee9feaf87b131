package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final MountTable TABLE =
            MountTable.parse(
                    """
                    21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
                    22 21 0:20 / /srv rw - tmpfs tmpfs rw
                    24 22 0:22 / /srv/a\\040b/deep rw master:3 propagate_from:2 - xfs /dev/vdb rw
                    23 22 0:21 / /srv/a\\040b rw - ext4 - rw
                    25 21 0:23 / /srv2 rw - proc proc rw
                    """);

    @Test
    void whatIsMountedBelowComesAfterWhatItLiesIn() {
        assertThat(TABLE.below("/srv"))
                .extracting(MountLine::path)
                .containsExactly("/srv/a b", "/srv/a b/deep");
        assertThat(TABLE.below("/")).hasSize(4);
        assertThat(TABLE.below("/srv2")).isEmpty();
    }

    @Test
    void theFileSystemIsNamedWhateverOptionalFieldsStandBeforeIt() {
        assertThat(TABLE.mounts())
                .extracting(MountLine::type)
                .containsExactly("ext4", "tmpfs", "xfs", "ext4", "proc");
    }

    @Test
    void aDescriptorIsFoundInTheTable() throws Exception {
        try (var proc = Fd.open(Path.of("/proc/self"), At.O_PATH)) {
            assertThat(MountTable.read().of(proc))
                    .get()
                    .extracting(MountLine::type)
                    .isEqualTo("proc");
        }
    }
}
