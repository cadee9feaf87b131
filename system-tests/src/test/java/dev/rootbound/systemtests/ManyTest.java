package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;

/** Many at once. */
@SystemTest
class ManyTest {
    @BeforeAll
    static void images(Target target) {
        target.load(TestImage.BUSYBOX, TestImage.MANY_LAYERS);
    }

    @Behaviour
    @OneClient
    void aHundredContainersStartAndStopAtOnce(Cli cli) throws Exception {
        var names = IntStream.range(0, 100).mapToObj(_ -> Cli.fresh()).toList();
        each(
                names,
                name ->
                        cli.run(
                                "run",
                                "-d",
                                "--name",
                                name,
                                TestImage.BUSYBOX.tag(),
                                "sleep",
                                "9999"));
        assertThat(cli.run("ps", "-q", "--filter", "name=" + Cli.PREFIX).ok().out().lines())
                .hasSize(100);
        each(names, name -> cli.run("stop", "-t", "0", name));
        assertThat(cli.run("ps", "-q", "--filter", "name=" + Cli.PREFIX).ok().out()).isEmpty();
        each(names, name -> cli.run("rm", name));
        assertThat(cli.run("ps", "-aq", "--filter", "name=" + Cli.PREFIX).ok().out()).isEmpty();
    }

    @Behaviour
    void anImageOf120LayersRuns(Cli cli) {
        assertThat(
                        cli.prints(
                                TestImage.MANY_LAYERS,
                                "sh",
                                "-c",
                                "cat /top /only-0 /only-60 /only-119; echo; ls / | grep -c only; touch /only-5 && rm /only-7 && ls / | grep -c only"))
                .isEqualTo("119060119\n120\n119");
    }

    private static void each(List<String> names, Function<String, Result> action) throws Exception {
        List<Callable<Result>> tasks =
                names.stream().<Callable<Result>>map(name -> () -> action.apply(name)).toList();
        var results = new ArrayList<Result>();
        try (var threads = Executors.newFixedThreadPool(100)) {
            for (var result : threads.invokeAll(tasks)) results.add(result.get());
        }
        assertThat(results).allSatisfy(Result::ok);
    }
}
