package dev.rootbound.engine;

import dev.rootbound.runtime.Resources;
import dev.rootbound.runtime.Rlimit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A spec of which a test says only what matters to it. */
final class TestSpec {
    @Nullable List<String> entrypoint;
    @Nullable List<String> cmd;
    List<String> env = List.of();
    String user = "";
    String workingDir = "";
    String hostname = "";
    boolean terminal;
    boolean stdin;
    boolean autoRemove;
    boolean init;
    @Nullable String stopSignal;
    @Nullable Integer oomScoreAdj;
    Map<String, String> labels = Map.of();
    List<ContainerSpec.Tmpfs> tmpfs = List.of();
    List<Rlimit> rlimits = List.of();
    Isolation isolation = Isolation.DEFAULT;
    ContainerSpec.LogDriver log = ContainerSpec.LogDriver.JSON_FILE;

    static TestSpec of(String... cmd) {
        var spec = new TestSpec();
        spec.cmd = List.of(cmd);
        return spec;
    }

    static TestSpec shell(String script) {
        return of("sh", "-c", script);
    }

    TestSpec removed() {
        autoRemove = true;
        return this;
    }

    TestSpec user(String name) {
        user = name;
        return this;
    }

    TestSpec stdin() {
        stdin = true;
        return this;
    }

    TestSpec init() {
        init = true;
        return this;
    }

    TestSpec isolation(Isolation wanted) {
        isolation = wanted;
        return this;
    }

    ContainerSpec build() {
        return new ContainerSpec(
                "rootbound/busybox",
                entrypoint,
                cmd,
                env,
                user,
                workingDir,
                hostname,
                "",
                terminal,
                stdin,
                stdin,
                labels,
                stopSignal,
                null,
                autoRemove,
                init,
                false,
                0,
                tmpfs,
                List.of(),
                isolation,
                Resources.DEFAULT,
                rlimits,
                oomScoreAdj,
                log,
                "{}");
    }
}
