package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CgroupPathTest {
    private static final String OTHER = "f".repeat(64);

    @Test
    void aContainersCgroupAndThoseBelowAreItsOwn() {
        assertThat(CgroupPath.isOf("/rootbound/0/" + Made.ID, Made.ID)).isTrue();
        assertThat(CgroupPath.isOf("/rootbound/0/" + Made.ID + "/probe", Made.ID)).isTrue();
        assertThat(CgroupPath.isOf("/user.slice/x:y", Made.ID)).isFalse();
    }

    @Test
    void aNameThatAnotherContainerChoseIsNotTheContainers() {
        var path = "/rootbound/0/" + OTHER + "/" + Made.ID;
        assertThat(CgroupPath.isOf(path, Made.ID)).isFalse();
        assertThat(CgroupPath.isOf(path, OTHER)).isTrue();
    }

    @Test
    void oneHierarchyIsEnough() {
        var cgroups = "9:name=systemd:/\n3:pids:/rootbound/0/" + Made.ID + "\n0::/\n";
        assertThat(CgroupPath.anyIsOf(cgroups, Made.ID)).isTrue();
        assertThat(CgroupPath.anyIsOf(cgroups, OTHER)).isFalse();
        assertThat(CgroupPath.anyIsOf("", Made.ID)).isFalse();
    }
}
