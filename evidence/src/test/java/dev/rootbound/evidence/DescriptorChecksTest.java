package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorChecksTest {
    private final Ledger ledger = new Ledger();

    private List<Subject> broken(ProcessFacts process) {
        new DescriptorChecks(Set.of(30L, 31L), ledger)
                .check(
                        process,
                        Set.of(105L, 125L),
                        Set.of(21_274L, 21_300L),
                        Set.of(4_026_532_248L));
        return Made.broken(ledger);
    }

    @Test
    void whatIsOfItsOwnMountsIsInside() {
        assertThat(
                        broken(
                                Made.holding(
                                        new Descriptor("cwd", "/", 105, 0),
                                        new Descriptor("fd 0", "/dev/null", 125, 0))))
                .isEmpty();
        assertThat(ledger.has(Subject.DESCRIPTORS)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"fd 7, /", "cwd, /root", "root, /", "exe, /usr/sbin/runc"})
    void whatIsOfAnotherMountIsFound(String name, String target) {
        assertThat(broken(Made.holding(new Descriptor(name, target, 30, 0))))
                .containsExactly(Subject.DESCRIPTORS);
    }

    @Test
    void whatTheKernelCannotReachFromItsRootIsFound() {
        assertThat(broken(Made.holding(new Descriptor("fd 7", "(unreachable)/etc", 30, 0))))
                .containsExactly(Subject.DESCRIPTORS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe:[30432504]", "socket:[1]", "anon_inode:[eventfd]"})
    void whatHasNoPathIsNoWayOut(String target) {
        assertThat(broken(Made.holding(new Descriptor("fd 1", target, 16, 0)))).isEmpty();
    }

    @Test
    void aNamespaceOfOthersIsAWayOut() {
        assertThat(broken(Made.holding(new Descriptor("fd 3", "mnt:[4026532248]", 4, 0))))
                .isEmpty();
        assertThat(broken(Made.holding(new Descriptor("fd 3", "mnt:[4026531841]", 4, 0))))
                .containsExactly(Subject.DESCRIPTORS);
    }

    @Test
    void aProcessOfOthersIsAWayOut() {
        assertThat(broken(Made.holding(new Descriptor("fd 3", "anon_inode:[pidfd]", 4, 21_300))))
                .isEmpty();
        assertThat(broken(Made.holding(new Descriptor("fd 3", "anon_inode:[pidfd]", 4, 1))))
                .containsExactly(Subject.DESCRIPTORS);
    }

    @Test
    void memoryWithANameIsNoFileUnlessItIsOnAMountOfTheHosts() {
        assertThat(broken(Made.holding(new Descriptor("fd 3", "/memfd:x (deleted)", 1, 0))))
                .isEmpty();
        assertThat(broken(Made.holding(new Descriptor("fd 3", "/memfd:x (deleted)", 31, 0))))
                .containsExactly(Subject.DESCRIPTORS);
    }

    @Test
    void moreDescriptorsThanAreLookedAtAreNotShownToBeInside() {
        var some = new Descriptor.Held(List.of(), false);
        assertThat(broken(Made.process(Made.user(), Made.MAP, Made.MAP, some, Made.task())))
                .containsExactly(Subject.DESCRIPTORS);
    }
}
