package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.TenantPolicy.Asked;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of users whose uids no process has: the host has no cgroup of theirs. */
class TenantLimiterTest {
    private static final long ANN = 3_999_999_901L;
    private static final long BOB = 3_999_999_902L;
    private static final int LEASES = 24;

    @TempDir Path etc;
    private final Containers containers = new Containers();
    private int made;
    private final Disk files = new Disk();
    private Instant now = Instant.EPOCH;
    private final DiskUse disk = new DiskUse(files, () -> now);

    /** Of everybody the same. */
    private static final class Disk implements DiskUse.Source {
        private long images;
        private long builds;
        private long written;
        private int walks;
        private boolean tooDeep;

        @Override
        public List<DiskUse.Tree> trees(Tenant tenant) {
            walks++;
            return List.of(
                    new DiskUse.Tree() {
                        @Override
                        public String name() {
                            return "container deep";
                        }

                        @Override
                        public long bytes() throws IOException {
                            if (tooDeep) throw new IOException("too deep");
                            return written;
                        }

                        @Override
                        public boolean isGone() {
                            return false;
                        }
                    });
        }

        @Override
        public long images(Tenant tenant) {
            return images;
        }

        @Override
        public long builds(Tenant tenant) {
            return builds;
        }
    }

    @BeforeEach
    void users() throws IOException {
        var line = "%s:x:%d:%d::/:/bin/sh\n";
        Files.writeString(
                etc.resolve("passwd"),
                "root:x:0:0::/:/bin/sh\n"
                        + line.formatted("ann", ANN, ANN)
                        + line.formatted("bob", BOB, BOB));
    }

    private TenantLimiter limiter(Asked ordinary, TenantPolicy.User... users) {
        var policy = new TenantPolicy("/p.yaml", ordinary, List.of(users));
        return new TenantLimiter(
                () -> policy, containers, new HostUsers(etc, InstantSource.system()), LEASES, disk);
    }

    private static Asked containers(long most) {
        var none = Optional.<Long>empty();
        return new Asked(Optional.of(most), none, none, none, none);
    }

    private Container container(long tenant) {
        return container(tenant, TestSpec.of("true").build());
    }

    private Container container(long tenant, ContainerSpec spec) {
        var id = "%064d".formatted(++made);
        var container = TestContainers.of(id, "n" + made, tenant, spec);
        containers.add(new ContainerEntry(container, Path.of("/nowhere")));
        return container;
    }

    @Test
    void anOrdinaryUserHasAnEighthOfTheLeases() throws IOException {
        var limiter = limiter(Asked.NOTHING);
        for (int i = 0; i < LEASES / 8; i++) limiter.begin(container(ANN));
        assertThatThrownBy(() -> limiter.begin(container(ANN)))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessage(
                        "start container n4: user ann has 3 containers running and may have 3 of the"
                                + " 24 that this host has ids for; stop another one, or root sets"
                                + " more (tenants: containers in /p.yaml, for all users or for one)");
        limiter.begin(container(BOB));
    }

    @Test
    void rootHasThemAllUnlessItSaysOtherwise() throws IOException {
        var limiter = limiter(containers(2));
        for (int i = 0; i < LEASES; i++) limiter.begin(container(0));
        var strict = limiter(Asked.NOTHING, new TenantPolicy.User("root", containers(1)));
        strict.begin(container(0));
        assertThatThrownBy(() -> strict.begin(container(0)))
                .hasMessageContaining("user root has 1 containers running and may have 1 ");
    }

    @Test
    void aStartThatHasFailedDoesNotCount() throws IOException {
        var limiter = limiter(containers(1));
        limiter.begin(container(ANN)).close();
        var second = limiter.begin(container(ANN));
        assertThatThrownBy(() -> limiter.begin(container(ANN)))
                .isInstanceOf(EngineException.Denied.class);
        second.close();
        assertThatNoException().isThrownBy(() -> limiter.begin(container(ANN)));
    }

    @Test
    void onlySoManyStartsOfATenantGoOnAtOnceAndNobodyElseWaits() throws Exception {
        var limiter = limiter(containers(1000));
        var first = limiter.begin(container(ANN));
        for (int i = 1; i < 32; i++) limiter.begin(container(ANN));
        var one = container(ANN);
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var next = tasks.submit(() -> limiter.begin(one));
            limiter.begin(container(BOB));
            assertThatThrownBy(() -> next.get(50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            first.close();
            next.get().close();
        }
    }

    @Test
    void whatIsSaidOfAUserByNameOrByUidCountsForThatUser() throws IOException {
        var limiter =
                limiter(
                        containers(1),
                        new TenantPolicy.User("ann", containers(2)),
                        new TenantPolicy.User(Long.toString(BOB), containers(3)),
                        new TenantPolicy.User("gone", containers(9)));
        for (int i = 0; i < 2; i++) limiter.begin(container(ANN));
        for (int i = 0; i < 3; i++) limiter.begin(container(BOB));
        assertThatThrownBy(() -> limiter.begin(container(ANN))).hasMessageContaining("may have 2");
        assertThatThrownBy(() -> limiter.begin(container(BOB))).hasMessageContaining("may have 3");
    }

    @Test
    void oneThatAsksForMoreProcessorsThanAllMayHaveIsRefused() {
        var none = Optional.<Long>empty();
        var limiter = limiter(new Asked(none, none, Optional.of(1_500_000_000L), none, none));
        var spec =
                TestSpec.of("true").build().with(draft -> draft.resources = cpus(150_001, 100_000));
        assertThatThrownBy(() -> limiter.begin(container(ANN, spec)))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining(
                        "it asks for 1.50001 processors and all containers of user ann together may"
                                + " have 1.5; ")
                .hasMessageContaining("tenants: cpus in /p.yaml");
    }

    private static dev.rootbound.runtime.Resources cpus(long quota, long period) {
        return new dev.rootbound.runtime.Resources(
                0, 0, 0, null, 0, 0, period, quota, "", "", 0, 0, false);
    }

    private TenantLimiter withDisk(long most) {
        var none = Optional.<Long>empty();
        return limiter(new Asked(none, none, none, none, Optional.of(most)));
    }

    @Test
    void whoHasAllOfTheDiskThatItMayHaveIsRefusedWithWhatHelps() throws IOException {
        var limiter = withDisk(100L << 20);
        files.images = 60L << 20;
        files.written = 39L << 20;
        limiter.refuseFull(new Tenant(ANN), "pull x");
        files.images = 61L << 20; // images are counted at once
        assertThatThrownBy(() -> limiter.refuseFull(new Tenant(ANN), "pull x"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessage(
                        "pull x: refused to user ann: it has 100 MiB on disk (39 MiB in containers and"
                                + " volumes, 61 MiB in images) and may have 100 MiB; remove"
                                + " containers, volumes or images (system df shows which are large,"
                                + " system prune those that nobody uses), or root sets more (tenants:"
                                + " disk in /p.yaml, for all users or for one)");
        limiter.refuseFull(new Tenant(0), "pull x");
    }

    @Test
    void whatBuildsAreSentCountsAtOnce() throws IOException {
        var limiter = withDisk(100L << 20);
        files.images = 60L << 20;
        files.builds = 39L << 20;
        limiter.refuseFull(new Tenant(ANN), "build");
        files.builds = 40L << 20;
        assertThatThrownBy(() -> limiter.refuseFull(new Tenant(ANN), "build"))
                .isInstanceOf(EngineException.Denied.class)
                .hasMessageContaining(
                        "it has 100 MiB on disk (0 KiB in containers and volumes, 60 MiB in images,"
                                + " 40 MiB in files that builds have been sent)");
    }

    @Test
    void whatIsRemovedCountsNoMoreAndWhatIsWrittenCountsSoon() throws IOException {
        var limiter = withDisk(100);
        files.written = 100;
        assertThatThrownBy(() -> limiter.refuseFull(new Tenant(ANN), "x"));
        now = now.plusMillis(1);
        files.written = 99;
        limiter.refuseFull(new Tenant(ANN), "x"); // counted anew before it is refused
        int walks = files.walks;
        files.written = 100;
        for (int i = 0; i < 100; i++) limiter.refuseFull(new Tenant(ANN), "x");
        now = now.plus(Duration.ofSeconds(31));
        limiter.refuseFull(new Tenant(ANN), "x");
        assertThat(files.walks).isEqualTo(walks); // no request waits for a walk
        disk.refresh();
        assertThatThrownBy(() -> limiter.refuseFull(new Tenant(ANN), "x"));
    }

    @Test
    void whatCannotBeCountedIsNoWayRoundTheLimit() {
        files.tooDeep = true;
        assertThatThrownBy(() -> withDisk(100).refuseFull(new Tenant(ANN), "x"))
                .hasMessageContaining("cannot be counted: container deep: too deep");
    }

    @Test
    void withoutALimitNothingIsWalked() throws IOException {
        limiter(Asked.NOTHING).refuseFull(new Tenant(ANN), "x");
        assertThat(files.walks).isZero();
    }
}
