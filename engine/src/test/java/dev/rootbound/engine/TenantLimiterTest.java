package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.TenantPolicy.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                () -> policy, containers, new HostUsers(etc, InstantSource.system()), LEASES);
    }

    private static Asked containers(long most) {
        var none = Optional.<Long>empty();
        return new Asked(Optional.of(most), none, none, none);
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
        var limiter = limiter(new Asked(none, none, Optional.of(1_500_000_000L), none));
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
}
