package dev.rootbound.evidence;

import static dev.rootbound.evidence.Made.CONTAINER;
import static dev.rootbound.evidence.Made.HOST;
import static dev.rootbound.evidence.Made.LEASE;
import static dev.rootbound.evidence.Made.MAP;
import static dev.rootbound.evidence.Made.process;
import static dev.rootbound.evidence.Made.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessChecksTest {
    private static final String CGROUPS = "0::/rootbound/1000/" + Made.ID + "\n";

    private final Ledger ledger = new Ledger();

    private List<Subject> broken(Claim claim, ProcessFacts process) {
        new ProcessChecks(claim, HOST, CONTAINER, ledger).check(process);
        return Made.broken(ledger);
    }

    private List<Subject> broken(ProcessFacts process) {
        return broken(Made.claim(), process);
    }

    private List<Subject> brokenFirst(
            Optional<ProcessFacts> process, long startTime, String cgroups) {
        new ProcessChecks(Made.claim(), HOST, CONTAINER, ledger)
                .first(process, OptionalLong.of(startTime), cgroups);
        return Made.broken(ledger);
    }

    @Test
    void aProcessAsItShouldBeContradictsNothing() {
        assertThat(broken(process(task()))).isEmpty();
        for (var subject :
                List.of(
                        Subject.MAPS,
                        Subject.IDS,
                        Subject.NAMESPACE,
                        Subject.CAPABILITIES,
                        Subject.NO_NEW_PRIVILEGES,
                        Subject.SECCOMP)) {
            assertThat(ledger.has(subject)).as(subject.name()).isTrue();
        }
    }

    @Test
    void theFirstProcessIsTheOneThatStartedThenAndIsInTheCgroup() {
        assertThat(brokenFirst(Optional.of(process(task())), 6_582_525, CGROUPS)).isEmpty();
    }

    @Test
    void aLaterProcessWithTheSamePidIsNotTheFirst() {
        assertThat(brokenFirst(Optional.of(process(task())), 6_582_526, CGROUPS))
                .containsExactly(Subject.FIRST_PROCESS);
    }

    @Test
    void aProcessOutsideOfTheCgroupIsNotTheFirst() {
        assertThat(brokenFirst(Optional.of(process(task())), 6_582_525, "0::/user.slice\n"))
                .containsExactly(Subject.FIRST_PROCESS);
    }

    @Test
    void aFirstProcessThatHasEndedShowsNothing() {
        assertThat(brokenFirst(Optional.empty(), 6_582_525, CGROUPS))
                .containsExactly(Subject.FIRST_PROCESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 0 4294967295",
                "0 1879048192 65537",
                "0 1879048191 65536",
                "0 1000 1\n1 1879048193 65535",
                ""
            })
    void aMapThatIsNotTheLeasesIsFoundInEitherFile(String map) {
        assertThat(broken(process(Made.user(), map, MAP, task()))).containsExactly(Subject.MAPS);
        assertThat(broken(process(Made.user(), MAP, map, task()))).containsExactly(Subject.MAPS);
    }

    @Test
    void aNamespaceInsideMayMapAPartOfTheLeaseOnly() {
        var inner = new UserSpace(99, List.of(CONTAINER, HOST), LEASE);
        var part = "0 1879048292 10\n10 1879048500 20\n";
        assertThat(broken(process(inner, part, "", task()))).isEmpty();
        assertThat(broken(process(inner, "0 1879048292 10\n10 1000 1\n", part, task())))
                .containsExactly(Subject.MAPS);
    }

    @ParameterizedTest
    @CsvSource({
        "Uid, 0 1879048192 1879048192 1879048192",
        "Uid, 1879048192 0 1879048192 1879048192",
        "Uid, 1879048192 1879048192 0 1879048192",
        "Uid, 1879048192 1879048192 1879048192 0",
        "Gid, 1879048192 1879048192 1879048192 1879113728",
        "Groups, 1879048192 27"
    })
    void oneIdThatIsNotOfTheLeaseIsFound(String field, String value) {
        assertThat(broken(process(task(field, value)))).containsExactly(Subject.IDS);
    }

    @Test
    void anIdOfAnotherThreadIsFound() {
        assertThat(broken(process(task(), task("Groups", "0")))).containsExactly(Subject.IDS);
    }

    @Test
    void inTheHostsUserNamespaceCapabilitiesCount() {
        var process = process(new UserSpace(HOST, List.of(), 0), MAP, MAP, task());
        assertThat(broken(process)).contains(Subject.NAMESPACE, Subject.CAPABILITIES);
    }

    @Test
    void aUserNamespaceThatIsNotBelowTheHostsIsFound() {
        var process = process(new UserSpace(CONTAINER, List.of(77L), 0), MAP, MAP, task());
        assertThat(broken(process)).containsExactly(Subject.NAMESPACE, Subject.CAPABILITIES);
    }

    @Test
    void anotherContainersUserNamespaceIsFound() {
        var process = process(new UserSpace(55, List.of(HOST), 0), MAP, MAP, task());
        assertThat(broken(process)).containsExactly(Subject.NAMESPACE);
    }

    @Test
    void aUserNamespaceThatAUserMadeIsFoundForThatUserMayAllInIt() {
        var process = process(new UserSpace(CONTAINER, List.of(HOST), 1000), MAP, MAP, task());
        assertThat(broken(process)).containsExactly(Subject.NAMESPACE);
    }

    @Test
    void noNewPrivilegesIsMissedWhereItWasAskedForInAnyThread() {
        var set = task("NoNewPrivs", "1");
        assertThat(broken(Made.claim(true, true), process(set))).isEmpty();
        assertThat(broken(Made.claim(true, true), process(set, task())))
                .containsExactly(Subject.NO_NEW_PRIVILEGES);
    }

    @Test
    void aProcessOfAJoinedContainerMustBeOfTheLeaseAndMayHaveAskedForNoFilter() {
        assertThat(broken(Made.joined(task("Seccomp", "0")))).isEmpty();
        assertThat(broken(Made.joined(task("Uid", "0 0 0 0")))).containsExactly(Subject.IDS);
    }

    @Test
    void aProcessWithoutFilterIsFoundUnlessThatWasAsked() {
        var free = task("Seccomp", "0");
        assertThat(broken(Made.claim(false, false), process(free))).isEmpty();
        assertThat(broken(process(task(), free))).containsExactly(Subject.SECCOMP);
    }
}
