package dev.rootbound.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Shown;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParsersTest {
    @Test
    void aTaskIsReadFromItsStatus() {
        var task = Made.task("Uid", "1\t2\t3\t4");
        assertThat(task.uids()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(task.groups()).containsExactly(1_879_048_192L, 1_879_048_202L);
        assertThat(task.inside()).containsExactly(21_274L, 1L);
        assertThat(task.effective()).isEqualTo(0x800405fbL);
        assertThat(task.seccomp()).isEqualTo(2);
        assertThat(task.noNewPrivileges()).isFalse();
        assertThat(task.isDead()).isFalse();
    }

    @Test
    void aNameThatLooksLikeALineChangesNothing() {
        // the kernel writes a newline in a name as \n, proc_pid_status(5)
        var task = Made.task("Name", "x\\nUid:\t0\t0\t0\t0");
        assertThat(task.uids()).containsOnly(Made.LEASE);
    }

    @Test
    void aStatusWithoutIdsIsRefusedAndNotTakenForNone() {
        assertThatThrownBy(() -> Task.parse("Name:\tx\nState:\tS\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatHasEndedIsDead() {
        assertThat(Made.task("State", "Z (zombie)").isDead()).isTrue();
    }

    @Test
    void aMountIsReadFromItsLine() {
        var line =
                MountLine.parse(
                        "123 105 254:0 /a\\040b /data rw,nosuid,idmapped shared:1 master:2 - ext4"
                                + " /dev/vda rw,discard");
        assertThat(line.id()).isEqualTo(123);
        assertThat(line.device()).isEqualTo("254:0");
        assertThat(line.type()).isEqualTo("ext4");
        assertThat(line.options()).isEqualTo(Set.of("rw", "nosuid", "idmapped"));
        assertThat(line.isIdMapped()).isTrue();
        assertThat(line.isReadOnly()).isFalse();
        assertThat(line.toString()).isEqualTo("ext4 254:0 /a b on /data (idmapped,nosuid,rw)");
    }

    @Test
    void aFileSystemThatIsReadOnlyMakesItsMountSo() {
        assertThat(MountLine.parse("1 2 0:3 / /x rw - squashfs none ro").isReadOnly()).isTrue();
    }

    @Test
    void whatIsNoMountIsRefused() {
        assertThatThrownBy(() -> MountLine.parse("1 2 0:3 / /x rw ext4 none rw"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDirectoryIsAroundItselfAndWhatIsInIt() {
        assertThat(MountLine.isBelow("/a/b", "/a")).isTrue();
        assertThat(MountLine.isBelow("/a", "/a")).isTrue();
        assertThat(MountLine.isBelow("/ab", "/a")).isFalse();
        assertThat(MountLine.isBelow("/ab", "/")).isTrue();
    }

    @Test
    void aNameOfAContainerMovesNoCursor() {
        var bytes = new String("naïve\u001b[2J\u202e".getBytes(UTF_8), ISO_8859_1) + "\u00ff";
        assertThat(Shown.of(bytes)).isEqualTo("naïve?[2J??");
    }

    @Test
    void escapesOfMountinfoAreBytesAgain() {
        assertThat(Shown.unescaped("/a\\040b\\134c\\9")).isEqualTo("/a b\\c\\9".getBytes(UTF_8));
    }

    @Test
    void aDescriptorIsReadFromItsInfo() {
        var held = Descriptor.parse("fd 3", "anon_inode:[pidfd]", "mnt_id:\t15\nPid:\t42\n");
        assertThat(held).isEqualTo(new Descriptor("fd 3", "anon_inode:[pidfd]", 15, 42));
        assertThat(Descriptor.parse("fd 0", "/dev/null", "pos:\t0\nmnt_id:\t125\n").process())
                .isZero();
    }

    @Test
    void aUsersGroupsAreThePrimaryOneAndThoseThatNameIt() {
        var members =
                Memberships.parse(
                        "alice:x:1000:100::/:/bin/sh\n", "wheel:x:10:bob,alice\nadm:x:4:bob\n");
        assertThat(members.of("alice")).containsExactlyInAnyOrder(100L, 10L);
        assertThat(members.of("nobody")).isEmpty();
    }
}
