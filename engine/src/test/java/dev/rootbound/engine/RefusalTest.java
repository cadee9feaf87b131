package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is refused is refused soon, and as whose fault it is. */
@Tag("kernel")
@Timeout(60)
class RefusalTest {
    @AutoClose private final TestEngine test = TestEngine.open();

    private static Engine.ExecSpec exec(String user) {
        return new Engine.ExecSpec(
                List.of("true"), List.of(), user, "", false, false, true, true, false, "");
    }

    @Test
    void aPasswdThatIsAFifoIsRefusedAtStartAndNotWaitedFor() throws Exception {
        var id = test.started(TestSpec.shell("rm /etc/passwd; mkfifo /etc/passwd"));
        test.waitFor(id);
        assertThatThrownBy(() -> test.start(id))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("/etc/passwd of the image is neither a regular file");
    }

    @Test
    void aGroupFileThatIsADirectoryIsRefusedAtExec() throws Exception {
        var id = test.started(TestSpec.shell("rm /etc/group; mkdir /etc/group; exec sleep 1000"));
        var group = Objects.requireNonNull(test.inspect(id).rootfs()).resolve("etc/group");
        while (!Files.isDirectory(group)) {
            Thread.sleep(10);
        }
        var exec = test.engine.createExec(TestEngine.CALLER, id, exec("0:0"));
        assertThatThrownBy(() -> test.engine.startExecDetached(TestEngine.CALLER, exec))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("/etc/group of the image is neither");
    }

    @Test
    void aPasswdThatIsTooLargeIsTheImagesFault() throws Exception {
        var id = test.started(TestSpec.shell("dd if=/dev/zero of=/etc/passwd bs=1024 count=1025"));
        test.waitFor(id);
        assertThatThrownBy(() -> test.start(id))
                .isInstanceOf(EngineException.Invalid.class)
                .hasMessageContaining("/etc/passwd of the image is larger");
    }

    @Test
    void aProgramThatIsNotThereIsTheRequestsFaultAndTheRuntimesFailureIsNot() throws Exception {
        var absent = test.create(TestSpec.of("/absent"));
        assertThatThrownBy(() -> test.start(absent)).isInstanceOf(EngineException.Invalid.class);
        var whole = test.create(TestSpec.of("true"));
        test.replaceRuntime("echo 'level=error msg=\"no cgroups today\"' >&2; exit 1");
        assertThatThrownBy(() -> test.start(whole))
                .isInstanceOf(EngineException.Failed.class)
                .hasMessageContaining("no cgroups today");
    }

    @Test
    void theLongestNamesThatAreTakenDoNotHangTheMonitor() {
        var program = "\u0001".repeat(4095);
        var id = test.create(TestSpec.of("/" + program.substring(1)));
        assertThatThrownBy(() -> test.start(id)).isInstanceOf(EngineException.class);
        var spec = TestSpec.of("true");
        spec.workingDir = "/" + ("\u0001".repeat(200) + "/").repeat(20);
        var other = test.create(spec);
        test.start(other);
    }

    @Test
    void aRequestIsKeptAsItCame() throws Exception {
        var id = test.create(TestSpec.of("true"));
        assertThat(test.inspect(id).spec().origin()).isEmpty();
        assertThat(test.engine.origin(TestEngine.CALLER, id)).isEqualTo("{}");
        test.reopen();
        assertThat(test.engine.origin(TestEngine.CALLER, id)).isEqualTo("{}");
    }

    @Test
    void annotationsReachTheRuntime() throws Exception {
        var spec = TestSpec.of("true").build().with(own -> own.annotations = Map.of("a.b", "c"));
        var id = test.engine.create(TestEngine.CALLER, null, spec).id();
        test.start(id);
        assertThat(test.waitFor(id)).isZero();
    }
}
