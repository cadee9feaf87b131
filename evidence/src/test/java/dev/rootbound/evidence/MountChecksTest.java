package dev.rootbound.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rootbound.evidence.HostMount.Kind;
import dev.rootbound.evidence.HostMount.Owner;
import dev.rootbound.evidence.HostMount.Place;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.MountLine;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountChecksTest {
    private static final String VOLUME =
            "123 105 254:0 /var/lib/rootbound/store/v/1 /data"
                    + " rw,nosuid,nodev,idmapped - ext4 /dev/vda rw";
    private static final String NULL =
            "125 107 0:6 /null /dev/null rw,relatime - devtmpfs devtmpfs rw";
    private static final String ROOT = "105 76 0:39 / / rw,nodev - overlay rootbound rw,lowerdir=l";
    private static final Owner INSIDE = new Owner(Made.LEASE, Made.LEASE);
    private static final long FOREIGN = IdRange.FOREIGN.first();

    private final Ledger ledger = new Ledger();

    private MountChecks checks(Claim claim) {
        return new MountChecks(claim, Made.ids(claim), ledger);
    }

    private List<Subject> broken(HostMount mount) {
        checks(Made.claim()).shared(mount);
        return Made.broken(ledger);
    }

    private List<Subject> brokenOwn(String line) {
        checks(Made.claim()).madeForIt(MountLine.parse(line));
        return Made.broken(ledger);
    }

    private static HostMount mount(String line, String path, Owner seen, Owner disk) {
        return new HostMount(
                MountLine.parse(line),
                new Kind.File(),
                true,
                Optional.of(seen),
                Optional.of(new Place(path, disk)));
    }

    private static HostMount volume(String line) {
        return mount(line, Made.STORE + "/v/1", INSIDE, new Owner(FOREIGN, FOREIGN));
    }

    private static HostMount device(String line, boolean block, int major, int minor) {
        return new HostMount(
                MountLine.parse(line),
                new Kind.Device(block, major, minor),
                true,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aVolumeIsAsItShouldBe() {
        assertThat(broken(volume(VOLUME))).isEmpty();
        assertThat(ledger.has(Subject.MOUNTS)).isTrue();
        assertThat(ledger.has(Subject.FLAGS)).isTrue();
        assertThat(ledger.has(Subject.WRITES)).isTrue();
    }

    @Test
    void aMountOfTheHostsThatIsNeitherMappedNorReadOnlyIsFound() {
        assertThat(broken(volume(VOLUME.replace(",idmapped", "")))).contains(Subject.MOUNTS);
    }

    @Test
    void aReadOnlyMountNeedsNoMap() {
        assertThat(broken(volume(VOLUME.replace("rw,nosuid,nodev,idmapped", "ro,nosuid,nodev"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"nosuid", "nodev"})
    void aMissingFlagOfAHostsFileSystemIsFound(String flag) {
        assertThat(broken(volume(VOLUME.replace("," + flag, "")))).containsExactly(Subject.FLAGS);
    }

    @Test
    void aRootWithDeviceNodesThatWorkIsFound() {
        assertThat(brokenOwn(ROOT)).isEmpty();
        assertThat(brokenOwn(ROOT.replace(",nodev", ""))).containsExactly(Subject.FLAGS);
    }

    @Test
    void devicesThatHoldNothingMayBeThere() {
        assertThat(broken(device(NULL, false, 1, 3))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, 254, 0", "false, 1, 1", "true, 1, 3", "false, 10, 200"})
    void anyOtherDeviceIsFound(boolean block, int major, int minor) {
        assertThat(broken(device(NULL, block, major, minor))).containsExactly(Subject.MOUNTS);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1000", "1000, 0", "1001, 1000", "1000, 1001", "200000, 1000"})
    void whatIsNotTheTenantsOnDiskMustNotBeTheContainers(long uid, long gid) {
        assertThat(broken(mount(VOLUME, "/home/alice", INSIDE, new Owner(uid, gid))))
                .containsExactly(Subject.WRITES);
    }

    @ParameterizedTest
    @CsvSource({"1000, 100", "1000, 1000", "100999, 100000"})
    void theTenantsOwnOnDiskMayBeTheContainers(long uid, long gid) {
        assertThat(broken(mount(VOLUME, "/home/alice", INSIDE, new Owner(uid, gid)))).isEmpty();
    }

    @Test
    void whereRootIsTheTenantAnyUsersMayBeTheContainersButNeverHostRoots() {
        var claim = Made.claim();
        var roots =
                new Claim(
                        claim.id(),
                        claim.name(),
                        new Tenant(0),
                        claim.ids(),
                        claim.pid(),
                        claim.startTime(),
                        claim.bundle(),
                        claim.store(),
                        claim.writable(),
                        true,
                        false);
        checks(roots).shared(mount(VOLUME, "/srv", INSIDE, new Owner(1234, 1234)));
        assertThat(Made.broken(ledger)).isEmpty();
        checks(roots).shared(mount(VOLUME, "/srv", INSIDE, new Owner(0, 0)));
        assertThat(Made.broken(ledger)).containsExactly(Subject.WRITES);
    }

    @Test
    void whereContainerRootIsAStrangerItDoesNotMatterWhoseItIs() {
        assertThat(broken(mount(VOLUME, "/etc", new Owner(65_534, 65_534), new Owner(0, 0))))
                .isEmpty();
    }

    @Test
    void theForeignRangeIsMappedInTheStoreOnly() {
        assertThat(broken(mount(VOLUME, "/home/x", INSIDE, new Owner(FOREIGN, FOREIGN))))
                .containsExactly(Subject.WRITES);
    }

    @Test
    void whatIsNotFoundOnTheHostIsNotShownToBeHarmless() {
        var lost =
                new HostMount(
                        MountLine.parse(VOLUME),
                        new Kind.File(),
                        true,
                        Optional.of(INSIDE),
                        Optional.empty());
        assertThat(broken(lost)).containsExactly(Subject.WRITES);
    }

    @Test
    void aCgroupIsItsOwnOrCannotBeWritten() {
        var own = "111 110 0:29 /rootbound/0/" + Made.ID + " /sys/fs/cgroup rw,nosuid,nodev";
        var line = own + " - cgroup2 cgroup rw";
        assertThat(broken(mount(line, "/", INSIDE, INSIDE))).isEmpty();
        assertThat(broken(mount(line.replace(Made.ID, "other"), "/", INSIDE, INSIDE)))
                .containsExactly(Subject.MOUNTS);
    }

    @Test
    void noMountOfTheHostsAtAllIsNothingToWrite() {
        checks(Made.claim()).end();
        assertThat(Made.broken(ledger)).isEmpty();
        assertThat(ledger.has(Subject.WRITES)).isTrue();
    }
}
