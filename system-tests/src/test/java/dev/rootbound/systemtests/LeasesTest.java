package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;

/** Scenario 4: no two containers share a host id. */
@SystemTest
class LeasesTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX);
    }

    @Promise
    @OneClient
    void twoHundredContainersHaveTwoHundredDisjointLeases(Cli cli) throws Exception {
        List<Callable<String>> starts =
                IntStream.range(0, 200)
                        .<Callable<String>>mapToObj(
                                _ -> () -> cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999"))
                        .toList();
        var names = new ArrayList<String>();
        try (var tasks = Executors.newFixedThreadPool(8)) {
            for (var start : tasks.invokeAll(starts)) names.add(start.get());
        }
        var leases =
                names.stream()
                        .map(name -> new HostProcess(cli.pid(name)).lease())
                        .sorted(Comparator.comparingLong(HostProcess.Lease::first))
                        .toList();
        assertThat(leases).hasSize(200);
        for (var n = 1; n < leases.size(); n++)
            assertThat(leases.get(n).overlaps(leases.get(n - 1))).isFalse();
    }

    @Promise
    void aStoppedContainerComesBackWithAnotherLeaseAndTheSameFiles(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        cli.run("exec", name, "sh", "-c", "echo kept >/kept; chown 33:33 /kept; chmod 2640 /kept")
                .ok();
        var before = new HostProcess(cli.pid(name)).lease();
        cli.run("stop", "-t", "0", name).ok();
        assertThat(cli.pid(name)).isZero();
        cli.run("start", name).ok();
        var after = new HostProcess(cli.pid(name)).lease();
        assertThat(after.overlaps(before)).as("freed blocks are reused last").isFalse();
        assertThat(cli.run("exec", name, "stat", "-c", "%u:%g %a", "/kept").ok().out())
                .isEqualTo("33:33 2640");
        assertThat(cli.run("exec", name, "cat", "/kept").ok().out()).isEqualTo("kept");
    }

    @Behaviour
    void whatAContainerWroteIsThereAfterARestart(Cli cli) {
        var name = cli.detached(TestImage.BUSYBOX.tag(), "sleep", "9999");
        cli.run("exec", name, "sh", "-c", "echo kept >/kept; chown 33:33 /kept").ok();
        cli.run("stop", "-t", "0", name).ok();
        cli.run("start", name).ok();
        assertThat(cli.run("exec", name, "stat", "-c", "%u:%g", "/kept").ok().out())
                .isEqualTo("33:33");
    }
}
